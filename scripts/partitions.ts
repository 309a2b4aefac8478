import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Where the partitions are kept for packages that do not depend on the AWS SDK. */
export const partitionsFile = 'contract/partitions.ts'

interface SdkPartition {
  readonly id: string
  readonly regionRegex: string
}

/**
 * The partitions that the pinned AWS SDK knows, as the content of {@link partitionsFile}. The SDK looks
 * endpoints up in them but does not export them, so they are read from its source.
 */
export async function sdkPartitions(): Promise<string> {
  // A dependency of the clients, not of this project.
  const { resolve } = createRequire(import.meta.resolve('@aws-sdk/client-ecs'))
  const source = await readFile(resolve('@aws-sdk/core/client'), 'utf8')
  const [, literal = '{}'] = /^const partitionsInfo = (\{$[\s\S]*?^\});$/m.exec(source) ?? []
  const { partitions } = JSON.parse(literal) as { partitions: readonly SdkPartition[] }
  const known = partitions.map(
    ({ id, regionRegex }) =>
      `  {\n    id: '${id}',\n    regions: /${regionRegex.replaceAll(String.raw`\-`, '-')}/,\n  },\n`,
  )
  return `/** The partitions of AWS that the AWS SDK knows. Written by scripts/partitions.ts. */\nexport const partitions = [\n${known.join('')}] as const\n`
}

if (import.meta.main) {
  await writeFile(join(import.meta.dirname, '..', partitionsFile), await sdkPartitions())
}
