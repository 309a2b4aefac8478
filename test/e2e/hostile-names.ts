import { randomUUID } from 'node:crypto'
import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'
import { commitAll } from '../../local/stack/hello.ts'
import type { ExampleEnvironment } from './example-environment.ts'
import type { LocalStack } from './local-stack.ts'

/** A checkout in which every name would be executed by a shell or parsed as an option. */
export interface Hostile {
  readonly folder: string
  /** The name of the file that exists once any name was executed. */
  readonly mark: string
  /** How the subject of the commit begins. */
  readonly subject: string
  readonly branch: string
  readonly tag: string
}

/** Moves the checkout of an example to such a path, and commits such files there. */
export async function makeHostile(
  stack: LocalStack,
  example: ExampleEnvironment,
): Promise<Hostile> {
  const mark = `executed-${randomUUID().slice(0, 8)}`
  const evil = `$(touch ${mark})\`touch ${mark}\`'"; touch ${mark} #`
  const folder = path.join(stack.folder, `--help ${evil}\n it's`)
  await rename(example.checkout, folder)
  await makeSource(folder, evil)
  const subject = `--amend ${evil}`
  const commit = await commitAll(folder, `${subject} \u001B[2J\u202E **bold** | <b>\n\n${evil}`)
  // git allows no spaces in refs; a shell would expand this to one.
  const name = evil.replaceAll(' ', '${IFS}')
  const [branch, tag] = [`-${name}`, `--upload-pack=touch${name}`]
  for (const ref of [`refs/heads/${branch}`, `refs/tags/${tag}`]) {
    await execa('git', ['-C', folder, 'update-ref', ref, commit])
  }
  return { folder, mark, subject, branch, tag }
}

/** Copies the build context and its Dockerfile to such names, and configures them. */
async function makeSource(folder: string, evil: string): Promise<void> {
  const context = `-c ${evil}`
  const dockerfile = `Docker"file' ${evil}`
  await cp(path.join(folder, 'Dockerfile'), path.join(folder, dockerfile))
  await mkdir(path.join(folder, context))
  for (const name of ['api', 'worker', 'build.sh', 'HEALTH', 'VERSION']) {
    await cp(path.join(folder, name), path.join(folder, context, name), { recursive: true })
  }
  await writeFile(path.join(folder, context, 'VERSION'), 'hostile\n')
  await writeFile(path.join(folder, '-rf'), '')
  await writeFile(path.join(folder, 'new\nline'), '')
  const file = path.join(folder, 'slipway.yaml')
  const config = await readFile(file, 'utf8')
  const about = JSON.stringify({ context, dockerfile, args: { EVIL: evil } }).slice(1, -1)
  await writeFile(
    file,
    config.replace('target: api', () => `target: api, ${about}`),
  )
}
