"""The consultation: its questions, the interview that walks them, the protocol and the advice it gives."""
