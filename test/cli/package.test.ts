import assert from 'node:assert/strict'
import { glob, readFile, readdir, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { join, relative } from 'node:path'
import { after, before, test } from 'node:test'
import { execa } from 'execa'
import { startTemporal } from '../../local/stack/temporal.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const top = join(import.meta.dirname, '..', '..')

/** An empty folder into which the package was installed. */
let folder: string
let slipway: string
let installed: string

before(async () => {
  folder = temporaryFolder()
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  await npm(top, 'pack', '--pack-destination', folder)
  const packed = (await readdir(folder)).filter((file) => file.endsWith('.tgz'))
  await npm(folder, 'install', '--prefer-offline', ...packed.map((file) => join(folder, file)))
  slipway = join(folder, 'node_modules', '.bin', 'slipway')
  installed = join(folder, 'node_modules', 'slipway')
})

async function npm(cwd: string, ...args: readonly string[]): Promise<void> {
  await execa('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd })
}

const children: AbortController[] = []
after(() => children.forEach((one) => one.abort()))

test('the command is there, and its help takes no longer than a blink', async () => {
  const times: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const { stdout, durationMs } = await execa(process.execPath, [slipway, '--help'])
    assert.match(stdout, /deploy <environment>/)
    times.push(durationMs)
  }
  // The best of five: the others measure what else the machine does.
  assert.ok(Math.min(...times) < 150, `${times.map(Math.round).join(', ')} ms`)
})

test('a Node that is too old is told so', async () => {
  const pretend = `Object.defineProperty(process.versions, 'node', { value: '22.17.1' })`
  const { exitCode, stderr } = await execa(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, slipway, '--version'],
    { reject: false },
  )
  assert.equal(exitCode, 2)
  assert.match(stderr, /^slipway needs Node\.js 22\.18 or newer .*this is 22\.17\.1/)
})

test('its types fit a program that uses them, and refuse one that does not', async () => {
  await writeFile(
    join(folder, 'use.ts'),
    `import { connect, followRelease, loadConfig, requestDeploy, resolveEnvironment } from 'slipway'
import { listSchedules, putSchedule } from 'slipway'
import type { Connected, EnvironmentSpec, Outcome } from 'slipway'
import { UserError } from 'slipway/errors'
import { runWorker } from 'slipway/worker'

export async function deploy(commit: string): Promise<Outcome> {
  const { config } = await loadConfig()
  const spec: EnvironmentSpec = resolveEnvironment(config, 'production', { repository: '/src' })
  await using connected = await connect()
  const request = { kind: 'deploy', spec, commit, subject: '', requestedBy: 'me' } as const
  const { releaseId: id, runId } = await requestDeploy(connected.client, request)
  if (id === '') throw new UserError('no release')
  return (await followRelease(connected.client, { id, runId })).outcome
}

export async function plan({ client }: Connected, spec: EnvironmentSpec): Promise<readonly string[]> {
  const times = { kind: 'cron', expression: '0 3 * * *', timeZone: 'Europe/Berlin' } as const
  const what = { kind: 'redeploy' } as const
  const wish = { spec, name: 'nightly', times, what, catchUpMs: 600_000, requestedBy: 'me' }
  await putSchedule(client, wish)
  const schedules = await listSchedules(client, spec.environment)
  return schedules.flatMap(({ nextRuns }) => nextRuns)
}

// @ts-expect-error -- a queue has a name
export const wrong = () => runWorker({ releaseQueue: 3 })
`,
  )
  const options = [
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--lib',
    'es2024,esnext.disposable',
  ]
  const { exitCode, stdout } = await execa(
    join(top, 'node_modules', '.bin', 'tsc'),
    ['--noEmit', '--strict', '--skipLibCheck', ...options, 'use.ts'],
    { cwd: folder, reject: false, preferLocal: false },
  )
  assert.equal(exitCode, 0, stdout)
})

test('its worker starts with the workflows that came with it, and stops when told to', async () => {
  const server = await startTemporal({ logFile: join(folder, 'temporal.log') })
  const stop = new AbortController()
  children.push(stop)
  try {
    const worker = execa(process.execPath, [slipway, 'worker'], {
      cwd: folder,
      env: { TEMPORAL_ADDRESS: server.address },
      reject: false,
      cancelSignal: stop.signal,
    })
    let ready = false
    for await (const line of worker.iterable({ from: 'stderr' })) {
      if (!line.startsWith('Serving release and builder at ')) continue
      ready = true
      worker.kill('SIGTERM')
    }
    const { exitCode, stderr } = await worker
    assert.ok(ready, stderr)
    assert.equal(exitCode, 0, stderr)
  } finally {
    await server.stop()
  }
})

/** The modules that each file of the package imports. */
async function imports(): Promise<readonly { readonly file: string; readonly module: string }[]> {
  const found: { file: string; module: string }[] = []
  for await (const path of glob(join(installed, 'dist', '**', '*.js'))) {
    const file = relative(join(installed, 'dist'), path)
    if (file === join('workflows', 'bundle.js')) continue
    const text = await readFile(path, 'utf8')
    for (const [, module = ''] of text.matchAll(/^(?:import|export) .*?from '([^']+)'/gm)) {
      found.push({ file, module })
    }
    for (const [, module = ''] of text.matchAll(/\bimport\('([^']+)'\)/g)) {
      found.push({ file, module })
    }
  }
  assert.ok(found.length > 100)
  return found
}

test('it depends on all that it imports', async () => {
  const { dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  for (const { file, module } of await imports()) {
    if (module.startsWith('.') || isBuiltin(module)) continue
    const name = module.split('/', module.startsWith('@') ? 2 : 1).join('/')
    assert.ok(Object.hasOwn(dependencies, name), `${file} imports ${name}`)
  }
})

test('what a production uses never loads the simulator or the local stack', async () => {
  for (const { file, module } of await imports()) {
    if (/^(local|simulator)\//.test(file) || file === join('cli', 'commands', 'local.js')) continue
    assert.doesNotMatch(module, /\/(local|simulator)\//, file)
  }
})

test('it holds no tests and no sources', async () => {
  for await (const path of glob(join(installed, '**', '*'))) {
    const file = relative(installed, path)
    assert.doesNotMatch(file, /(^|\/)test\/|\.test\.|(?<!\.d)\.ts$/, file)
  }
})
