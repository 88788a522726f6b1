// What a host lacks of what a resource requires, as a value: the stages that find it and the texts that say it share it.
import type { KernelPart } from './parts.js';

export type Lack =
  | {
      readonly sort: 'kernel';
      readonly part: KernelPart;
      /** The kernel is built without it, has no file of the module, or has refused to make one. */
      readonly why: 'left-out' | 'no-module' | 'refused';
      /** Of the kernel, as `uname -r` says it. */
      readonly release: string;
    }
  | { readonly sort: 'program'; readonly program: string }
  /** No Open vSwitch answers at this socket. */
  | { readonly sort: 'ovs'; readonly socket: string }
  | {
      readonly sort: 'ovs-datapath' | 'ovs-interface';
      readonly type: string;
      /** The types that this Open vSwitch has. */
      readonly known: readonly string[];
    };
