import { runChecks } from '../../activities/image/checks.ts'
import { inActivity } from '../unit/activities/in-activity.ts'
import { specWith } from '../unit/environment-specs.ts'

/** Runs an endless check in the given folder, for a test that kills this process. */
const commands = ['echo $$ > pid.new && mv pid.new pid && sleep 600']
const spec = specWith({ checks: { commands, timeoutMs: 600_000 } })
await inActivity(() => runChecks(process.argv[2] ?? '.', spec))
