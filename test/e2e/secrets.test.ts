import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { until } from '../../local/process/until.ts'
import { testDisposer } from '../test-disposer.ts'
import { secretsIn, textIn } from './secret-forms.ts'
import { planted, releaseWithSecrets, type ReleasesWithSecrets } from './secret-releases.ts'

/**
 * A search for the secrets of releases in everything that they leave behind. The search also expects
 * a commit, which proves that it read the right place.
 */

let releases: ReleasesWithSecrets
const disposer = testDisposer()

before(async () => {
  releases = await releaseWithSecrets(disposer)
})
after(disposer.dispose)

/** Leaves out the secrets in files that the test itself has written. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((one) => one.isFile()).map((one) => path.join(one.parentPath, one.name))
}

function assertNoSecretIn(places: readonly (string | Uint8Array)[]): void {
  const { good, secrets } = releases
  const all = places.map((place) => Buffer.from(place))
  assert.ok(
    all.some((place) => place.includes(good)),
    'a commit is found, so the search reads the right place',
  )
  assert.deepEqual([...new Set(all.flatMap((place) => secretsIn(place, secrets)))], [])
}

describe('nothing that a release leaves behind holds a secret', () => {
  test('no history, memo, search attribute or detail in the UI', async () => {
    const { stack } = releases
    const { workflow } = stack.temporal
    const found: string[] = []
    const types = new Set<string>()
    await until(async () => (await workflow.count('CloseTime IS NOT NULL')).count >= 7, {
      what: 'three plans, a test of notifications and three releases to be listed',
      timeoutMs: 30_000,
    })
    for await (const listed of workflow.list()) {
      const handle = workflow.getHandle(listed.workflowId, listed.runId)
      types.add(listed.type)
      found.push(textIn(listed.raw), textIn((await handle.describe()).raw))
      found.push(textIn(await handle.fetchHistory()))
      found.push(textIn(await handle.query('__temporal_workflow_metadata')))
    }
    assert.deepEqual([...types].toSorted(), ['environment', 'plan', 'release', 'testNotifications'])
    assertNoSecretIn(found)
  })

  test("no byte of Temporal's database, and no log", async () => {
    const { stack } = releases
    const files = (await filesBelow(path.dirname(stack.stack.logs))).filter(
      // The simulated AWS keeps task definitions there, as AWS does.
      (file) => !file.includes('/registry/images/') && path.basename(file) !== 'aws.json',
    )
    const logs = files.filter((file) => file.startsWith(stack.stack.logs))
    assertNoSecretIn(await Promise.all(logs.map((file) => readFile(file))))
    const database = files.filter((file) => path.basename(file).startsWith('temporal.db'))
    assert.notEqual(database.length, 0)
    assertNoSecretIn(await Promise.all(database.map((file) => readFile(file))))
    assertNoSecretIn(await Promise.all(files.map((file) => readFile(file))))
  })

  test('no message to a webhook', () => {
    const { receiver } = releases
    assert.ok(receiver.received.length >= 4)
    const address = `/${planted['path of a webhook']}`
    for (const one of receiver.received) assert.equal(one.path, address)
    assertNoSecretIn(receiver.received.map(({ body }) => body))
  })

  test('no line of the command', () => {
    const { said, plan, planWithout } = releases
    assertNoSecretIn(said.map(({ output }) => output))
    const variables = 'containerDefinitions.api.environment'
    assert.match(planWithout, new RegExp(`:2 differs in ${variables}.DATABASE_URL, `))
    assert.match(plan, new RegExp(`${variables}.DATABASE_URL\\n\\s+\\+ \\(hidden\\)`))
    assert.match(plan, new RegExp(`${variables}.GREETING\\n.*- \\(hidden\\)\\n.*\\+ \\(hidden\\)`))
  })

  test('no argument of docker or git, and no variable that lets them speak to Temporal', async () => {
    const { programs, ofTheCommand } = releases
    const [{ arguments: all, variables }, command] = await Promise.all([
      programs.read(),
      ofTheCommand.read(),
    ])
    assert.match(all, /docker\nlogin\n--username\nAWS\n--password-stdin\n/)
    assert.match(all, /git\nworktree\nadd\n/)
    assertNoSecretIn([all])
    assertNoSecretIn([command.arguments])
    assert.ok(variables.includes('PATH'))
    assert.deepEqual(
      variables.filter((name) => name.startsWith('TEMPORAL_')),
      [],
    )
  })

  test("no login in the builder's cache once the push is over", async () => {
    const { cacheDir } = releases
    const files = await filesBelow(cacheDir)
    assertNoSecretIn(await Promise.all(files.map((file) => readFile(file))))
    assert.deepEqual(await readdir(path.join(cacheDir, 'logins')), [])
  })
})
