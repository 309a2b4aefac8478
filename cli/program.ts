import { Command } from 'commander'
import { cancelCommand } from './commands/cancel.ts'
import {
  approveCommand,
  freezeCommand,
  pauseCommand,
  rejectCommand,
  resumeCommand,
  unfreezeCommand,
} from './commands/control.ts'
import { completionCommand } from './commands/completion.ts'
import { configCommand } from './commands/config.ts'
import { deployCommand } from './commands/deploy.ts'
import { environmentsCommand } from './commands/environments.ts'
import { explainCommand } from './commands/explain.ts'
import { initCommand } from './commands/init.ts'
import { localCommand } from './commands/local.ts'
import { metricsCommand } from './commands/metrics.ts'
import { notifyCommand } from './commands/notify.ts'
import { planCommand } from './commands/plan.ts'
import { redeployCommand } from './commands/redeploy.ts'
import { releasesCommand } from './commands/releases.ts'
import { revisionsCommand } from './commands/revisions.ts'
import { rollbackCommand } from './commands/rollback.ts'
import { scheduleCommand } from './commands/schedule/schedule.ts'
import { setupCommand } from './commands/setup.ts'
import { statusCommand } from './commands/status.ts'
import { waitCommand } from './commands/wait.ts'
import { workerCommand } from './commands/worker.ts'
import { version } from './version.ts'

/**
 * The `slipway` command. Creating it loads only what help and usage errors need; each command loads
 * the rest when it runs.
 */
export function createProgram(): Command {
  return new Command('slipway')
    .description('Durable deployments to Amazon ECS, as Temporal workflows.')
    .version(version(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp({ subcommandTerm: (one) => `${one.name()} ${argumentsOf(one)}`.trim() })
    .showSuggestionAfterError()
    .showHelpAfterError('See the help: slipway --help')
    .addCommand(deployCommand())
    .addCommand(statusCommand())
    .addCommand(rollbackCommand())
    .addCommand(planCommand())
    .addCommand(releasesCommand())
    .addCommand(explainCommand())
    .addCommand(revisionsCommand())
    .addCommand(waitCommand())
    .addCommand(cancelCommand())
    .addCommand(redeployCommand())
    .addCommand(approveCommand())
    .addCommand(rejectCommand())
    .addCommand(freezeCommand())
    .addCommand(unfreezeCommand())
    .addCommand(pauseCommand())
    .addCommand(resumeCommand())
    .addCommand(metricsCommand())
    .addCommand(scheduleCommand())
    .addCommand(notifyCommand())
    .addCommand(workerCommand())
    .addCommand(setupCommand())
    .addCommand(initCommand())
    .addCommand(configCommand())
    .addCommand(environmentsCommand())
    .addCommand(localCommand())
    .addCommand(completionCommand())
    .addHelpText(
      'after',
      `
Slipway connects to Temporal as Temporal’s own tools do: with TEMPORAL_ADDRESS,
TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS… or a profile of its configuration file.

Examples:
  $ slipway local up                 # try it on this machine
  $ slipway deploy production        # deploy HEAD and wait for the outcome
  $ slipway status production
  $ slipway rollback production`,
    )
}

function argumentsOf(command: Command): string {
  return command.registeredArguments.map((one) => `<${one.name()}>`).join(' ')
}
