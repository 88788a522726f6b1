// The table of commands. To add one: a file, and a line here.
import { apply } from './apply.js';
import type { Subcommand } from './command.js';
import { confirm } from './confirm.js';
import { destroy } from './destroy.js';
import { plan } from './plan.js';
import { rehearse } from './rehearse.js';
import { sandbox } from './sandbox.js';
import { revert } from './revert.js';
import { rollback } from './rollback.js';
import { schema } from './schema.js';
import { show } from './show.js';
import { validate } from './validate.js';
import { verify } from './verify.js';

export const commands: readonly Subcommand[] = [
  validate,
  plan,
  apply,
  verify,
  confirm,
  destroy,
  rollback,
  show,
  rehearse,
  sandbox,
  schema,
  revert,
];
