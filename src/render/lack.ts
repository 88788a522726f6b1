// What a host lacks in, the words for it out: what the thing needs, why it is not to be had, and where it is.
import type { Lack } from '../requirements/lack.js';
import { kernelParts, type Part } from '../requirements/parts.js';
import { packageOf } from '../tools/packages.js';

/** To stand after the name of the thing: `needs …`. */
export function lackText(lack: Lack): { readonly message: string; readonly hint: string } {
  switch (lack.sort) {
    case 'kernel':
      return kernelText(lack);
    case 'program': {
      const found = packageOf(lack.program);
      return {
        message: `needs the program \`${lack.program}\`, which is not installed`,
        hint: found === undefined ? 'install it' : `Debian’s package ${found} has it`,
      };
    }
    case 'ovs':
      return {
        message: `needs Open vSwitch, which is not there: no ${lack.socket}`,
        hint: 'install and start it (Debian: openvswitch-switch), or say where it is with OVS_RUNDIR or --ovs-db',
      };
    case 'ovs-datapath':
      return {
        message: `needs the datapath \`${lack.type}\`, which this Open vSwitch does not have`,
        hint: `it has ${list(lack.known)}${lack.type === 'system' ? ': was ovs-vswitchd started with --disable-system?' : ''}`,
      };
    case 'ovs-interface':
      return {
        message: `needs interfaces of type \`${lack.type}\`, which this Open vSwitch does not know`,
        hint: `it knows ${list(lack.known)}; another version may know more`,
      };
  }
}

const list = (types: readonly string[]): string =>
  [...types]
    .sort()
    .map((type) => `\`${type}\``)
    .join(', ');

function kernelText({ part, why, release }: Extract<Lack, { sort: 'kernel' }>): ReturnType<typeof lackText> {
  const { module, called, option }: Part = kernelParts[part];
  const what = module === null ? (called ?? option) : `the kernel module ${module}`;
  const because = {
    'left-out': `this kernel (${release}) is built without CONFIG_${option}`,
    'no-module': `there is no file of it in /lib/modules/${release}`,
    refused: `this kernel (${release}) knows nothing of it, and no module could be loaded`,
  }[why];
  // Of Ubuntu's kernels, one package has what most machines need, another one the rest.
  const ubuntu = why === 'no-module' ? `, on Ubuntu linux-modules-extra-${release}` : '';
  return {
    message: `needs ${what}, which is not available: ${because}`,
    hint: `Debian’s linux-image-amd64 has it${ubuntu}`,
  };
}
