// A kind's look at one body: done once for each state of a body, and anew for another topology.
import test from 'ava';
import { inEachBody } from '../../../src/kinds/in-each-body.js';
import type { Live } from '../../../src/model.js';
import { unread } from '../../../src/observe.js';
import type { BodyState, HostState } from '../../../src/state.js';

const stateOf = (name: string): BodyState => ({ ...unread({ name, netns: null }), exists: true });

const hostOf = (topology: string, ...states: BodyState[]): HostState => ({
  topology,
  bodies: new Map(states.map((state) => [state.body.name, state])),
  ovs: null,
});

test('a body that was not read again is not looked at again', (t) => {
  const looks: string[] = [];
  const live = inEachBody(({ body: { name } }, topology): Live[] => {
    looks.push(`${topology} ${name}`);
    const id = `${name}/thing/${topology}`;
    return [{ id, kind: 'thing', body: name, fields: {}, needs: [], diesWith: [], provides: [] }];
  });
  const idsOf = (host: HostState): string[] => live(host).map(({ id }) => id);
  const [one, two] = [stateOf('one'), stateOf('two')];
  t.deepEqual(idsOf(hostOf('a', one, two)), ['one/thing/a', 'two/thing/a']);
  t.deepEqual(idsOf(hostOf('a', one, stateOf('two'))), ['one/thing/a', 'two/thing/a']);
  t.deepEqual(looks, ['a one', 'a two', 'a two']);
  t.deepEqual(idsOf(hostOf('b', one)), ['one/thing/b']);
});
