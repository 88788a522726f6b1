// A kernel setting below net: entries of `sysctls` (of a body or of a link) and `accept-ra` in, a value under /proc/sys out.
import {
  desired,
  deviceOf,
  linkDefaultsOf,
  netnsOf,
  settingsOf,
  type DeclaredLink,
  type Kind,
  type Properties,
} from '../kind.js';
import type { Command, Desired, Fields, Json, Path, Resource } from '../model.js';
import { folded, isSysctlPath } from '../tools/sysctl.js';
import { inEachBody } from './in-each-body.js';

const scalar = { type: ['integer', 'string', 'boolean'], minLength: 1 } as const;

const onLink: Properties = {
  sysctls: {
    type: 'object',
    propertyNames: {
      pattern: '^(ipv4|ipv6)[./](neigh[./])?[a-z0-9_]+$',
      description: 'a setting of a link begins with `ipv4.` or `ipv6.`: `ipv4.rp_filter`',
    },
    additionalProperties: scalar,
    description:
      'Kernel settings of this link: `ipv4.rp_filter` is `net.ipv4.conf.LINK.rp_filter`, `ipv6.neigh.gc_stale_time` is `net.ipv6.neigh.LINK.gc_stale_time`. When a line goes, the value before comes back; a link of this file had that of `default`.',
  },
  'accept-ra': {
    type: 'boolean',
    description:
      'Whether IPv6 router advertisements are accepted, also while forwarding. Default: the kernel’s, which accepts them unless it forwards.',
  },
};

export const sysctl: Kind = {
  name: 'sysctl',
  noun: 'sysctl',
  fields: { value: { type: 'string', description: 'What is written; white space is folded.' } },

  section: {
    name: 'sysctls',
    shape: 'map',
    description:
      'Kernel settings of this network namespace by their names below `net`, as sysctl(8) writes them (`net.ipv4.ip_forward`). Where a link’s name has a dot, use slashes: `net/ipv4/conf/eth0.10/rp_filter`. When a line goes, the value before comes back.',
    properties: {},
    values: { ...scalar, description: 'The value; true and false are 1 and 0.' },
    findings({ key, path }) {
      if (isSysctlPath(pathOf(key))) return [];
      const hint = 'only settings below `net` belong to a network namespace, such as `net.ipv4.ip_forward`';
      return [
        {
          code: 'bad-sysctl',
          message: `\`${key === '' ? '""' : key}\` is no network setting`,
          hint,
          path,
          at: 'key',
        },
      ];
    },
    desired({ body, key, value, path }) {
      return isSysctlPath(pathOf(key)) ? [setting(body, pathOf(key), value['value'] ?? '', path)] : [];
    },
  },

  onLink: {
    properties: onLink,
    desired({ body, device, value, path, adopted, netdev }: DeclaredLink, names) {
      if (!netdev || (value['sysctls'] === undefined && value['accept-ra'] === undefined)) return [];
      const given = [
        ...Object.entries((value['sysctls'] ?? {}) as Fields).map(
          ([key, one]) => [pathOnLink(key, device), one, [...path, 'sysctls', key]] as const,
        ),
        // 1 would be the kernel's "accept unless forwarding" (ip-sysctl.rst): a router would silently ignore the file.
        ...(value['accept-ra'] === undefined
          ? []
          : [
              [
                pathOnLink('ipv6.accept_ra', device),
                value['accept-ra'] === true ? 2 : 0,
                [...path, 'accept-ra'],
              ] as const,
            ]),
      ];
      // Some of the body's own set those of every link (`ip_forward`, everything in `conf.all`), so they come first.
      const first = names.entries(body, 'sysctls').map(({ key }) => idOf(body, pathOf(key)));
      return given
        .filter(([sysctlPath]) => isSysctlPath(sysctlPath))
        .map(([sysctlPath, one, at]) =>
          setting(body, sysctlPath, one, at, adopted ? 'adopted' : 'part', first),
        );
    },
  },

  live: inEachBody(({ body, exists, sysctls }) =>
    exists
      ? Object.entries(sysctls).map(([path, value]) => ({
          ...placed(body.name, path),
          fields: { value },
          // Those of a link of ours are ours; those of a body belong to whoever else set them.
          ...(deviceIn(path) === null ? { owner: null } : {}),
        }))
      : [],
  ),

  make: (resource) => [write(resource)],
  change: (_before, after) => [write(after)],
  remove: () => [],

  reads({ body, id }) {
    const path = pathIn(id);
    return [...new Set([path, defaultOf(path)])].map((what) => ({ tool: 'sysctl', body, what }));
  },
  initial({ body, id }, host) {
    const value = host.bodies.get(body)?.sysctls[defaultOf(pathIn(id))];
    return value === undefined ? null : { value };
  },
};

function setting(
  body: string,
  path: string,
  value: Json,
  at: Path,
  ownership: Desired['ownership'] = 'adopted',
  first: readonly string[] = [],
): Desired {
  const resource = placed(body, path);
  const others = first.filter((id) => id !== resource.id);
  return desired({
    ...resource,
    needs: [...resource.needs, ...others],
    fields: { value: textOf(value) },
    ownership,
    at,
  });
}

/** A setting of a link comes and goes with its device. */
function placed(body: string, path: string): Omit<Resource, 'fields'> {
  const device = deviceIn(path);
  const holder = device === null || device === 'lo' ? netnsOf(body) : deviceOf(body, device);
  const isDefault = path.split('/')[3] === 'default';
  const provides = device !== null ? [settingsOf(body, device)] : isDefault ? [linkDefaultsOf(body)] : [];
  return { id: idOf(body, path), kind: 'sysctl', body, needs: [holder], diesWith: [holder], provides };
}

const textOf = (value: Json): string =>
  folded(
    typeof value === 'boolean'
      ? String(Number(value))
      : typeof value === 'string'
        ? value
        : JSON.stringify(value),
  );

const write = ({ body, id, fields }: Resource): Command => ({
  tool: 'sysctl',
  body,
  args: [pathIn(id), textOf(fields['value'] ?? '')],
});

/** The device whose setting a path is; null for settings of the whole body, and for `all` and `default`. */
function deviceIn(path: string): string | null {
  const [, family = '', sort = '', device, name] = path.split('/');
  if (!['ipv4', 'ipv6', 'mpls'].includes(family) || !['conf', 'neigh'].includes(sort)) return null;
  return device === undefined || name === undefined || device === 'all' || device === 'default'
    ? null
    : device;
}

/** Where a new link's value comes from; the path itself when it is no link's. */
function defaultOf(path: string): string {
  const device = deviceIn(path);
  return device === null ? path : path.replace(`/${device}/`, '/default/');
}

/** `ipv4.rp_filter` → `net/ipv4/conf/DEV/rp_filter`, `ipv4.neigh.X` → `net/ipv4/neigh/DEV/X`. */
function pathOnLink(key: string, device: string): string {
  const [family = '', ...rest] = key.split(/[./]/);
  const [name = '', sort = 'conf'] = rest.reverse();
  return ['net', family, sort, device, name].join('/');
}

/** As sysctl(8) reads it: the first separator says which of `.` and `/` separates; the other one is part of a name. */
function pathOf(key: string): string {
  return /^[^./]*\//.test(key) ? key : swapped(key);
}

const idOf = (body: string, path: string): string => `${body}/sysctl/${swapped(path)}`;

const pathIn = (id: string): string => swapped(id.slice(id.indexOf('/sysctl/') + '/sysctl/'.length));

const swapped = (name: string): string =>
  name.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
