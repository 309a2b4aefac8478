import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { webhookReference } from '../activities/notifications/reference.ts'
import { commandReference } from '../cli/reference.ts'
import { configJsonSchema } from '../config/json-schema.ts'
import { configReference } from '../config/reference.ts'
import { causeReference } from './causes.ts'

/** The pages under docs/reference/ that are made from code, by their path in the repository. */
export function referencePages(): Readonly<Record<string, string>> {
  return {
    'docs/reference/slipway.schema.json': `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
    'docs/reference/configuration.md': configReference(),
    'docs/reference/commands.md': commandReference(),
    'docs/reference/webhook.md': webhookReference(),
    'docs/reference/causes.md': causeReference(),
  }
}

if (import.meta.main) {
  const top = join(import.meta.dirname, '..')
  for (const [path, text] of Object.entries(referencePages())) {
    await mkdir(dirname(join(top, path)), { recursive: true })
    await writeFile(join(top, path), text)
  }
}
