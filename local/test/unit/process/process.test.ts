import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { isAlive } from '../../../process/process.ts'
import { until } from '../../../process/until.ts'

/** Its first thread ends; the other one ends with its standard input. */
const program = `
import ctypes, sys, threading
threading.Thread(target=sys.stdin.read).start()
print('begun', flush=True)
ctypes.CDLL(None).pthread_exit(None)
`

const elsewhere = process.platform !== 'linux' && 'only Linux tells of threads under /proc'

test('a process lives as long as its last thread', { skip: elsewhere }, async () => {
  const child = spawn('python3', ['-c', program], { stdio: ['pipe', 'pipe', 'ignore'] })
  const begun = await Promise.race([once(child.stdout, 'data'), once(child, 'error')])
  assert.ok(!(begun[0] instanceof Error), 'python3 runs')
  const { pid = 0 } = child
  await until(async () => (await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') Z '), {
    what: 'its first thread to end',
    timeoutMs: 10_000,
  })
  assert.equal(isAlive(pid), true)
  const exited = once(child, 'exit')
  child.stdin.end()
  await exited
  assert.equal(isAlive(pid), false)
})
