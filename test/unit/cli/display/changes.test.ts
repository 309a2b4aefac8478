import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { changeTracker } from '../../../../cli/display/changes.ts'
import { changeLine } from '../../../../cli/display/words.ts'
import { building, built, pendingWait, progress, waiting } from './progress-events.ts'

const retry = (attempt: number) =>
  progress([], { pending: [{ activity: 'pushImage', attempt, lastFailure: 'EOF\u0007' }] })

describe('lines for logs', () => {
  test('each state of a step, each warning and each summary is shown once', () => {
    const changesIn = changeTracker()
    const lines = [
      progress([building], { warnings: ['no load balancer'] }),
      progress([building], { warnings: ['no load balancer'] }),
      progress([built, waiting], { pending: [pendingWait] }),
      progress([built, waiting], { pending: [pendingWait] }),
    ].map((event) => changesIn(event).map(changeLine))
    assert.deepEqual(lines, [
      ['warning: no load balancer', 'build api …'],
      [],
      ['build api done in 12.3 s: in the engine', 'wait api …', 'api: 1 of 2 tasks running'],
      [],
    ])
  })

  test('why a step failed is shortened, since the result shows the whole reason', () => {
    const reason = `There is no service "mailman-app" in cluster "mailman". ${'Create it. '.repeat(20)}`
    const changesIn = changeTracker()
    const [[line = ''] = []] = [progress([{ ...built, state: 'failed', note: reason }])].map(
      (event) => changesIn(event).map(changeLine),
    )
    assert.match(line, /^build api failed after 12\.3 s: There is no service "mailman-app" .*…$/)
    assert.ok(line.length < 140, line)
  })

  test('a retry is shown with its reason, each attempt once', () => {
    const changesIn = changeTracker()
    assert.deepEqual(
      [retry(1), retry(2), retry(2), retry(3)].map((event) => changesIn(event).map(changeLine)),
      [[], ['retrying push (attempt 2): EOF'], [], ['retrying push (attempt 3): EOF']],
    )
  })

  test('a lost connection is shown together with the fact that the release continues', () => {
    const changesIn = changeTracker()
    const [change] = changesIn({ kind: 'trouble', with: 'server', reason: 'ECONNREFUSED' })
    assert.match(change === undefined ? '' : changeLine(change), /the release continues/)
  })
})
