// A length of time as people write it, with its unit: `500ms`, `60s`, `5m`, `1h`.
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** In ms; null when it is none, or longer than a day (setTimeout cannot count beyond 2^31 ms). A number alone is in seconds. */
export function durationMs(text: string): number | null {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const milliseconds = Math.ceil(Number(amount) * (UNITS[unit] ?? 0));
  return amount === undefined || milliseconds > DAY ? null : milliseconds;
}

const DAY = 86_400_000;
