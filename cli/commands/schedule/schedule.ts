import type { Command } from 'commander'
import { group } from '../command.ts'
import { controlCommands } from './control.ts'
import { createCommand } from './create.ts'
import { listCommand } from './list.ts'
import { showCommand } from './show.ts'

export function scheduleCommand(): Command {
  return group('schedule', 'Redeploy, or rebuild and deploy, on a schedule.', [
    createCommand(),
    listCommand(),
    showCommand(),
    ...controlCommands(),
  ])
}
