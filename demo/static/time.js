// Moments as people read them, always in the clinic's time zone.

let zone = "UTC";
const formats = new Map();

export function useZone(timeZone) {
  zone = timeZone;
  formats.clear();
}

function format(name, options, moment) {
  if (!formats.has(name)) formats.set(name, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return formats.get(name).format(moment);
}

const seconds = (unix) => new Date(unix * 1000);

/** "14:05" */
export const clockTime = (date) => format("time", { hour: "2-digit", minute: "2-digit" }, date);
export const messageTime = (unix) => clockTime(seconds(unix));
/** "Friday 27 November 2026" */
export const longDate = (date) => format("long", { weekday: "long", day: "numeric", month: "long", year: "numeric" }, date);
/** "Friday 27 November", the line between two days of a chat */
export const dayLine = (unix) => format("day", { weekday: "long", day: "numeric", month: "long" }, seconds(unix));
/** A key that is the same for all moments of one day. */
export const dayKey = (unix) => format("key", { year: "numeric", month: "2-digit", day: "2-digit" }, seconds(unix));
/** "Fri 27 Nov, 10:00" */
export const shortMoment = (date) => format("short", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }, date);
