// In: the command line. Out: an exit status; the only file that ends the process.
import packageJson from '../package.json' with { type: 'json' };

process.stdout.write(`${packageJson.name} ${packageJson.version}\n`);
