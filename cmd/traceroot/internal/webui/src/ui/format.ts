// How numbers and times are written, the same on every screen.

/** A duration in milliseconds: "384 ms", "17.92 s", "3 m 04 s", "2 h 05 m". */
export function dur(ms: number): string {
  if (ms <= 0) return "0 ms";
  if (ms < 0.9995) return `${Math.max(1, Math.round(ms * 1000))} µs`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} m`;
}

/** A whole number with separators: "1,021". */
export const int = (n: number): string => n.toFixed(0).replace(/\B(?=(?:\d{3})+$)/g, ",");

/** A count in four characters: "776", "9.6k", "413k", "1.25M". */
export function k(n: number): string {
  if (n < 999.5) return String(Math.round(n));
  if (n < 9950) return `${(n / 1e3).toFixed(1)}k`;
  if (n < 999_500) return `${Math.round(n / 1e3)}k`;
  return `${(n / 1e6).toFixed(n < 9.995e6 ? 2 : 1)}M`;
}

/** Dollars, with as many digits as matter: "$0.0082", "$0.187", "$18.42". A partial sum is a lower bound: "≥ $0.187". */
export function usd(v: number, partial = false): string {
  return (partial ? "≥ " : "") + dollars(v);
}

function dollars(v: number): string {
  if (v === 0) return "$0";
  if (v < 0.00005) return "<$0.0001";
  if (v < 0.00995) return `$${v.toFixed(4)}`;
  if (v < 0.9995) return `$${v.toFixed(3)}`;
  return v < 999.995 ? `$${v.toFixed(2)}` : `$${int(v)}`;
}

/** A share from 0 to 1: "12.5 %". */
export const pct = (v: number, digits = 1): string => `${(v * 100).toFixed(digits)} %`;

/** A size: "2.1 kB", "1.4 MB". */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  for (const [unit, size] of [["kB", 1e3], ["MB", 1e6]] as const) {
    if (n < size * 999.5) return `${(n / size).toFixed(n < size * 9.95 ? 1 : 0)} ${unit}`;
  }
  return `${(n / 1e9).toFixed(1)} GB`;
}

/** How long ago a moment was, in one unit: "58 s", "2 m", "3 h", "5 d". */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - at) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The time of day, in the reader's zone: "14:02:11". */
export function clock(at: Date, seconds = true): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}${seconds ? `:${two(at.getSeconds())}` : ""}`;
}

/** A date: "18 Nov 2026". */
export const day = (at: Date): string => `${at.getDate()} ${months[at.getMonth()]} ${at.getFullYear()}`;

/** Date and time: "18 Nov 2026, 14:02:11". */
export const moment = (at: Date): string => `${day(at)}, ${clock(at)}`;

/** "1 span", "3 spans". */
export const plural = (n: number, one: string, many = `${one}s`): string => `${int(n)} ${n === 1 ? one : many}`;

const two = (n: number): string => String(n).padStart(2, "0");
