"""Questions that clients passed on to the clinic, and the messages that belong to each."""

from datetime import datetime

from sqlalchemy import select

from storage.repository import Repository
from storage.tables import Question, QuestionPost


class Questions(Repository):
    """The questions. What was said to and fro is found by the message that somebody replies to."""

    async def ask(self, client_id: int, text: str, now: datetime) -> Question:
        """A new question with the next number."""
        return await self._add(Question(client_id=client_id, text=text, asked_at=now))

    async def by_number(self, number: int) -> Question | None:
        """The question; ``None`` where its client was erased, and it with them."""
        return await self._session.get(Question, number, populate_existing=True)

    async def posted(self, number: int, *, chat_id: int, message_id: int, client_id: int | None = None) -> None:
        """Remember that a message is about the question; ``client_id`` where it stands in that client's chat."""
        new = {"question": number, "client_id": client_id}
        await self._locked_or_new(QuestionPost, {"chat_id": chat_id, "message_id": message_id}, new)

    async def about(self, chat_id: int, message_id: int) -> int | None:
        """The number of the question that a message is about."""
        of_message = (QuestionPost.chat_id == chat_id, QuestionPost.message_id == message_id)
        return await self._session.scalar(select(QuestionPost.question).where(*of_message))
