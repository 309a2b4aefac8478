import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readReason, reasonKinds } from '../../../rollout/reasons/read-reason.ts'
import { causeText } from '../../../text/cause/cause.ts'
import { reasonText, reasonWords } from '../../../text/cause/reason.ts'
import { stopReasons } from '../stop-reasons.ts'

const told = (said: string): string => reasonText(readReason(said)) ?? ''

const pull = (policy: string): string =>
  `CannotPullContainerError: denied: User: arn:aws:sts::111122223333:assumed-role/kioskExecution/0f is not authorized to perform: ecr:BatchGetImage on resource: x because no ${policy} policy allows the ecr:BatchGetImage action`

const exited = (exitCode: number, tasks = 1): string =>
  causeText({ kind: 'container exited', container: 'api', exitCode, tasks })

describe('the words for a reason', () => {
  test('begin with what is wrong, for every text that was collected', () => {
    for (const { said, wrong } of stopReasons) {
      assert.ok(told(said).startsWith(wrong), `${said}\n${told(said)}`)
    }
  })

  test('end with what AWS said', () => {
    for (const { said, kind } of stopReasons) {
      if (kind !== 'secret not JSON') assert.ok(told(said).includes(said), told(said))
    }
  })

  test('say what to do, for every kind and without any part', () => {
    for (const kind of reasonKinds) {
      const words = reasonWords({ kind, parts: {}, said: '' })
      assert.match(words?.wrong ?? '', /^\w.{10,}[^.]$/, kind)
      assert.match(words?.fix ?? '', /^\w.{20,}[^.]$/, kind)
      assert.doesNotMatch(`${words?.wrong} ${words?.fix}`, /undefined/, kind)
    }
  })

  test('are different for different kinds', () => {
    const all = reasonKinds.map((kind) => {
      const words = reasonWords({ kind, parts: {}, said: '' })
      return `${words?.wrong}. ${words?.fix}`
    })
    assert.equal(new Set(all).size, reasonKinds.length)
  })

  test('do not quote the character of a secret that is in ECS’s reason', () => {
    const said =
      "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): invalid character 'Q' looking for beginning of value"
    assert.match(told(said), /is not JSON/)
    assert.doesNotMatch(told(said), /Q/)
  })

  test('send a denied pull to the policy that lacks the permission', () => {
    assert.match(told(pull('resource-based')), /aws ecr get-repository-policy/)
    assert.match(
      told(pull('identity-based')),
      /aws iam list-attached-role-policies --role-name kioskExecution/,
    )
  })
})

describe('the words for a container that exited', () => {
  test('explain the codes of the shell and of signals', () => {
    assert.match(exited(0), /^Container api exited with 0: it ended by itself/)
    assert.match(exited(126), /^Container api exited with 126: its command is no program/)
    assert.match(exited(127), /^Container api exited with 127: its command was not found/)
    assert.match(exited(137, 3), /^Container api exited with 137 in 3 tasks: it was killed/)
    assert.match(exited(139), /^Container api exited with 139: .*segmentation fault/)
    assert.match(exited(143), /^Container api exited with 143: .*SIGTERM/)
  })

  test('leave the codes of the program to the program', () => {
    assert.equal(exited(1), 'Container api exited with 1.')
    assert.equal(exited(3, 2), 'Container api exited with 3 in 2 tasks.')
  })
})

test('a reason that is not recognised is told as ECS said it', () => {
  const reason = readReason('Something new')
  const by = (kind: 'task not started' | 'unhealthy' | 'stalled' | 'interrupted'): string =>
    causeText({ kind, reason })
  assert.equal(by('task not started'), 'A task failed to start: Something new.')
  assert.equal(by('unhealthy'), 'The health check fails: Something new.')
  assert.equal(by('stalled'), 'ECS cannot go on: the service Something new.')
  assert.equal(by('interrupted'), 'A task stopped: Something new.')
})
