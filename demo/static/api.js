// The two ways to the server: a stream of events from it, and actions to it.
import { T } from "./texts.js";

const QUIET_AFTER = 30_000; // a hidden window gives its connection back: browsers allow six per address

/**
 * Keep a stream open for as long as somebody looks. Each connection begins with a snapshot, so nothing can be missed.
 * @param {{onSnapshot: Function, onChange: Function, onLink: (up: boolean) => void}} handlers
 */
export function connect({ onSnapshot, onChange, onLink }) {
  let source = null;
  let timer = 0;

  const open = () => {
    clearTimeout(timer);
    if (source && source.readyState !== EventSource.CLOSED) return;
    source = new EventSource("/demo/events");
    source.addEventListener("snapshot", (event) => { onLink(true); onSnapshot(JSON.parse(event.data)); });
    source.addEventListener("change", (event) => onChange(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      onLink(false);
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, 2000); // refused: the browser gave up
    });
  };
  const close = () => { source?.close(); source = null; };

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(close, QUIET_AFTER);
    else open();
  });
  open();
}

/** Do something. Returns the server's answer; raises an Error where it refused. */
export async function act(action, body = {}) {
  const response = await fetch(`/demo/${action}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

/** What to tell a visitor whose action failed: the server's reason, or that there was no answer at all. */
export function whyFailed(error) {
  if (error instanceof TypeError) return T.failed;
  return error.message.charAt(0).toUpperCase() + error.message.slice(1);
}
