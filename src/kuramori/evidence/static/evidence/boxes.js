// Boxes in time: a box is a list of moments [ms, left, top, right, bottom], sides in ten-thousandths of the picture.
export const SCALE = 10_000;
export const LEAST = 50; // a side shorter than this was a slip of the hand; the server refuses it
const DAY_MS = 86_400_000;

export const held = (value, low = 0, high = SCALE) => Math.max(low, Math.min(high, Math.round(value)));
const inOrder = (moments) => moments.sort((one, other) => one[0] - other[0]);
const alike = (one, other) => one.slice(1).join() === other.slice(1).join();

export const largeEnough = ([left, top, right, bottom]) => right - left >= LEAST && bottom - top >= LEAST;

/** A box's sides at a time; null before its first and after its last moment. */
export function sidesAt(box, ms) {
  const next = box.findIndex((one) => one[0] >= ms);
  if (next < 0) return null;
  if (box[next][0] === ms) return box[next].slice(1);
  if (next === 0) return null;
  const [before, after] = [box[next - 1], box[next]];
  const share = (ms - before[0]) / (after[0] - before[0]);
  return before.slice(1).map((side, index) => Math.round(side + (after[index + 1] - side) * share));
}

/** The sides a box has at a time, or the ones it has nearest to it. */
export function nearest(box, ms) {
  return sidesAt(box, ms) ?? (ms < box[0][0] ? box[0] : box.at(-1)).slice(1);
}

/** A box that stands still from `begin` to `end`; the moment at which it was drawn is never one of its loose ends. */
export function standing(begin, ms, end, sides) {
  const drawn = ms >= end ? Math.max(begin, end - 1) : ms;
  const times = new Set([Math.min(begin, drawn), drawn, Math.max(end, ms)]);
  return inOrder([...times].map((at) => [at, ...sides]));
}

/** The box has these sides at `ms`. An end that only continued its neighbour goes on doing so. */
export function placed(box, ms, sides) {
  const before = box.filter((one) => one[0] < ms);
  const after = box.filter((one) => one[0] > ms);
  const looseEnd = after.length === 1 && before.length && alike(after[0], before.at(-1));
  const looseBeginning = before.length === 1 && after.length > 1 && alike(before[0], after[0]);
  if (looseEnd) after[0] = [after[0][0], ...sides];
  if (looseBeginning) before[0] = [before[0][0], ...sides];
  return [...before, [ms, ...sides], ...after];
}

/** The part of the box from `ms` on (or up to it); the whole box where nothing would be left. */
export function cut(box, ms, after) {
  const kept = box.filter((one) => (after ? one[0] > ms : one[0] < ms));
  return kept.length ? inOrder([...kept, [ms, ...nearest(box, ms)]]) : box;
}

/** Milliseconds nearest to `near` at which the clock of a time zone shows `text`; null for no time of day. */
export function timeNear(text, near, clock) {
  const said = /^(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,3}))?$/.exec(text.normalize("NFKC").trim());
  if (!said) return null;
  const ofDay = (hours, minutes, seconds, ms) => ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + ms;
  const wanted = ofDay(said[1], said[2], said[3], Number((said[4] ?? "").padEnd(3, "0")));
  const shown = ofDay(...clock.format(near).split(":"), near % 1000);
  return near + ((((wanted - shown) % DAY_MS) + DAY_MS * 1.5) % DAY_MS) - DAY_MS / 2;
}
