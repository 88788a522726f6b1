// Lengths of time as people write them.
import test from 'ava';
import { durationMs } from '../../src/duration.js';

test('a time is a number and a unit; without one it is in seconds', (t) => {
  const times = {
    '500ms': 500,
    '60s': 60_000,
    '1.5s': 1500,
    '5m': 300_000,
    '1h': 3_600_000,
    '7': 7000,
    '24h': 86_400_000,
  };
  for (const [text, expected] of Object.entries(times)) t.is(durationMs(text), expected, text);
});

test('what is no time, or longer than a day, is none', (t) => {
  for (const text of ['', 's', '-1s', '1 s', '1e9', 'soon', '25h', '1d', '0x10', '1s ', '9'.repeat(400)])
    t.is(durationMs(text), null, text);
});
