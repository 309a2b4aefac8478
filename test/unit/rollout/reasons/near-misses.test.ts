import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { reasonKinds, readReason, readReasons } from '../../../../rollout/reasons/read-reason.ts'

const kindOf = (said: string): string => readReason(said).kind

function allAre(texts: Readonly<Record<string, string>>): void {
  for (const [said, kind] of Object.entries(texts)) assert.equal(kindOf(said), kind, said)
}

describe('words that are only a name say nothing', () => {
  test('in the path or the image of a container', () => {
    allAre({
      'CannotStartContainerError: Error response from daemon: exec: "firelens out of cloudwatch": executable file not found in $PATH':
        'command missing',
      'exec /srv/firelens/start: exec format error': 'image of another platform',
      '/srv/firelens: executable file not found in $PATH': 'command missing',
      'CannotPullContainerError: pull access denied for firelens, repository does not exist or may require login':
        'image missing or private',
      'CannotPullContainerError: Error response from daemon: repository firelens not found':
        'image missing',
      'CannotPullContainerError: Error response from daemon: image firelens not found':
        'image missing',
      'invalid path: firelens-cache;  -> /tmp; Unable to resolve volume mounts': 'volume unusable',
    })
  })

  test('in a URL', () => {
    allAre({
      'CannotPullContainerError: Get https://firelens.example.com/v2/: EOF': 'pull failed',
      'CannotPullContainerError: Get "http://toomanyrequests.example.com/v2/": EOF': 'pull failed',
      'CannotPullContainerError: Get https://example.com/v2/forbidden/manifests/dial-tcp: EOF':
        'pull failed',
    })
  })

  test('in single quotes', () => {
    allAre({
      "'firelens' could not be created: CannotCreateContainerError": 'container not created',
      "CannotPullContainerError: access to ('firelens') was lost": 'pull failed',
      "CannotPullContainerError: the registry's answer to 'forbidden' wasn't read": 'pull failed',
    })
  })

  test('in a key or an ARN of a secret', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:kms:decrypt-denied'
    allAre({
      'retrieved secret from Secrets Manager did not contain json key registry-auth-from-asm':
        'secret key missing',
      [`ResourceInitializationError: failed to fetch secret ${arn} from secrets manager: ResourceNotFoundException`]:
        'secret missing',
    })
  })

  test('of the load balancer or the service in an event', () => {
    allAre({
      '(service firelens) (instance i-0a1b2c3d) is unhealthy in (elb firelens) due to (reason Instance has failed at least the UnhealthyThreshold number of health checks consecutively.)':
        'target unhealthy',
      'service cloudwatch was unable to place a task because no container instances were found.':
        'no container instances',
    })
  })
})

describe('words that say what happened count', () => {
  test('next to names that are left out', () => {
    allAre({
      'CannotPullContainerError: failed to copy: Get "https://example.com/v2/": read tcp 10.0.3.7:51544: i/o timeout':
        'registry unreachable',
      'CannotPullContainerError: Get https://example.com/v2/: read tcp 10.0.3.7:51544: i/o timeout':
        'registry unreachable',
      'CannotStartContainerError: runtime task: stat /srv/run.sh...no such file or direct...':
        'command missing',
      'CannotPullContainerError: Get https://example.com/v2/: unexpected status: 403 Forbidden':
        'pull denied',
    })
  })

  test('with the apostrophe of a typesetter, and with escaped quotes', () => {
    allAre({
      'The task can’t pull the image \\"kiosk\\" from Docker Hub: manifest unknown':
        'image missing',
      "The task can\\'t pull the image from Docker Hub: manifest unknown": 'image missing',
    })
  })

  test('however the files with environment variables are spelled', () => {
    for (const spelled of [
      'env file',
      'env files',
      'envfile',
      'environment file',
      'environmentFile',
    ])
      assert.equal(kindOf(`failed to download ${spelled}: AccessDenied`), 'environment file denied')
    assert.equal(kindOf('the environments filed nothing'), 'unknown')
  })
})

describe('several reasons', () => {
  test('have the kind of the most specific one, whichever comes first', () => {
    const general = 'CannotPullContainerError: something went wrong'
    const specific = 'CannotPullContainerError: no space left on device'
    for (const texts of [
      [general, specific],
      [specific, general],
    ]) {
      assert.equal(readReasons(texts)?.said, specific)
    }
    assert.equal(readReasons([]), undefined)
    assert.equal(readReasons(['something new']), undefined)
  })

  test('of one kind may be recognised by different rules, and the kind is listed once', () => {
    assert.equal(reasonKinds.filter((kind) => kind === 'registry unreachable').length, 1)
    assert.ok(reasonKinds.includes('instance gone'))
  })
})

test('a name is told without the punctuation after it', () => {
  const said = 'CannotPullContainerError: pull access denied for kiosk-api:;'
  assert.equal(readReason(said).parts.image, 'kiosk-api')
})
