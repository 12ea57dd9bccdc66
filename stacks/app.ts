import { SluiceError } from '../core/errors.ts';
import { buildApp, checkWithCdkNag } from './build-app.ts';
import { writeRbac } from './write-rbac.ts';

try {
  const built = await buildApp();
  checkWithCdkNag(built.app);
  const { directory } = built.app.synth();
  writeRbac(directory, built);
} catch (error) {
  if (!(error instanceof SluiceError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
