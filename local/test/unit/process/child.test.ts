import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { findOnPath } from '../../../install/find-on-path.ts'
import { startChild } from '../../../process/child.ts'
import { isAlive } from '../../../process/process.ts'
import { until } from '../../../process/until.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-test-'))
})
after(() => rm(folder, { recursive: true }))

const shell = (script: string, log = 'log') =>
  startChild({
    name: 'the thing',
    file: '/bin/sh',
    args: ['-c', script],
    logFile: path.join(folder, log),
  })

test('a child that ends by itself fails with its name and the last lines of its log', async () => {
  const child = await shell('echo the port is taken >&2; exit 3', 'ends.log')
  await assert.rejects(child.failed, (error: Error) => {
    assert.match(error.message, /^the thing ended with 3\./)
    assert.match(error.message, /the port is taken/)
    return true
  })
  await child.stop()
})

test('a child that cannot be started says why', async () => {
  const file = path.join(folder, 'no-such-program')
  const child = startChild({
    name: 'the thing',
    file,
    args: [],
    logFile: path.join(folder, 'none'),
    outlives: true,
  })
  await assert.rejects(child, /the thing could not start: .*ENOENT/)
})

test('a child that is stopped may clean up, and has not failed', async () => {
  const log = 'stops.log'
  const child = await shell("trap 'echo cleaned up; exit 0' TERM; echo ready; sleep 60 & wait", log)
  const text = () => readFile(path.join(folder, log), 'utf8')
  await until(async () => (await text()).includes('ready'), { what: 'ready', timeoutMs: 5_000 })
  await Promise.all([child.stop(), child.stop()])
  assert.equal(isAlive(child.pid), false)
  assert.match(await text(), /cleaned up/)
})

test('a child that does not listen is killed after the grace time', async () => {
  const log = 'deaf.log'
  const child = await shell("trap '' TERM; echo ready; sleep 60; sleep 60", log)
  const text = () => readFile(path.join(folder, log), 'utf8')
  await until(async () => (await text()).includes('ready'), { what: 'ready', timeoutMs: 5_000 })
  await child.stop(50)
  assert.equal(isAlive(child.pid), false)
})

describe(
  'a child whose parent is killed',
  { skip: process.platform !== 'linux' && 'only Linux has a signal for it' },
  () => {
    test('ends', async () => {
      const { pid, parent } = await startParent('orphan', ['/bin/sleep', '60'])
      assert.equal(isAlive(pid), true)
      parent.kill('SIGKILL')
      await until(async () => !isAlive(pid), { what: 'the child to end', timeoutMs: 5_000 })
    })

    test('never begins if that happens before the kernel knows of it', async () => {
      const programs = path.join(folder, 'late')
      const setpriv = (await findOnPath('setpriv')) ?? ''
      await mkdir(programs)
      await writeFile(
        path.join(programs, 'setpriv'),
        `#!/bin/sh\nwhile kill -0 "$PPID"; do sleep 0.02; done\nexec ${setpriv} "$@"\n`,
        { mode: 0o755 },
      )
      const begun = path.join(folder, 'begun')
      const PATH = `${programs}:${process.env.PATH}`
      const { pid, parent } = await startParent('late', ['/usr/bin/touch', begun], { PATH })
      parent.kill('SIGKILL')
      await until(async () => !isAlive(pid), { what: 'the child to end', timeoutMs: 5_000 })
      await assert.rejects(access(begun), { code: 'ENOENT' })
    })
  },
)

/** A process of its own that starts the command as its child; both then run. */
async function startParent(
  name: string,
  [file = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv = {},
) {
  const program = path.join(folder, `${name}.mjs`)
  const module = path.resolve(import.meta.dirname, '../../../process/child.ts')
  const command = { name, file, args, logFile: path.join(folder, `${name}.log`) }
  await writeFile(
    program,
    `import { startChild } from ${JSON.stringify(module)}
     const child = await startChild(${JSON.stringify(command)})
     console.log(child.pid)
     setInterval(() => {}, 1000)`,
  )
  const parent = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  return { pid: Number(line.toString()), parent }
}
