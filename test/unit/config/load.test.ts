import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { loadConfig, parseConfig } from '../../../config/load.ts'
import { ConfigError } from '../../../config/problem.ts'
import { exampleConfig } from '../../../config/reference.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const good = `project: hello
images:
  api: { repository: hello }
services:
  api: { service: hello-api }
environments:
  production: { cluster: hello }
`

/** The good one with other services. */
function services(text: string): string {
  return good.replace('  api: { service: hello-api }\n', text)
}

/** The messages that a configuration is refused with. */
function problems(text: string): readonly string[] {
  try {
    parseConfig(text, 'slipway.yaml')
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error.message.split('\n')
  }
  return []
}

test('a configuration is read with its defaults', () => {
  const { config, warnings } = parseConfig(good, 'slipway.yaml')
  assert.equal(config.images['api']?.dockerfile, 'Dockerfile')
  assert.equal(config.images['api']?.timeout, 45 * 60_000)
  assert.equal(config.stability.window, 30_000)
  assert.deepEqual(config.queues, { release: 'slipway', builder: 'slipway-builder' })
  assert.deepEqual(warnings, [])
})

test('the example of the reference page is valid', () => {
  assert.deepEqual(parseConfig(exampleConfig, 'slipway.yaml').warnings, [])
})

test('every problem is told at once, in the order of the file, with line and column', () => {
  const text = `project: 3
images:
  api:
    repository: hello
    dockerfil: x
    timeout: 0s
services:
  api:
    service: hello-api
    after: worker
  worker:
    service: hello-worker
    containers: { main: wrker }
enviroments: {}
`
  assert.deepEqual(problems(text), [
    'slipway.yaml:1:1: environments: is missing; expected a mapping (name: value)',
    'slipway.yaml:1:10: project: found the number 3, expected text',
    'slipway.yaml:5:5: images.api.dockerfil: found an unknown key; did you mean "dockerfile"?',
    'slipway.yaml:6:14: images.api.timeout: found the text "0s", expected a duration such as "90s", "30m" or "2h", longer than 0',
    'slipway.yaml:10:12: services.api.after: found the text "worker", expected a list',
    'slipway.yaml:13:25: services.worker.containers.main: found the image "wrker", which is not there; there are: api',
    'slipway.yaml:14:1: enviroments: found an unknown key; did you mean "environments"?',
  ])
})

describe('what the shape refuses', () => {
  const refusals: readonly [title: string, from: string, to: string, expected: string][] = [
    [
      'an unknown key that is near no other lists what is known',
      'cluster: hello',
      'cluster: hello, zone: b',
      'slipway.yaml:7:33: environments.production.zone: found an unknown key; known here: region, profile, cluster, mode, queue, approval, freezes, notifications, services',
    ],
    [
      'a name that could not be part of a tag or an id',
      'production:',
      'pro duction:',
      'slipway.yaml:7:3: environments.pro duction: found the name "pro duction", expected letters, digits, "-" and "_", at most 63, a letter or digit first',
    ],
    [
      'a path that leads out of the repository',
      'repository: hello',
      'repository: hello, context: a/../../b',
      'slipway.yaml:3:38: images.api.context: found the text "a/../../b", expected a path inside the repository, without ".."',
    ],
    [
      'the address of an ECR repository instead of its name',
      'repository: hello',
      'repository: 1.dkr.ecr.eu-west-1.amazonaws.com/Hello',
      'slipway.yaml:3:22: images.api.repository: found the text "1.dkr.ecr.eu-west-1.amazonaws.com/Hello", expected the name of an ECR repository, not its address',
    ],
    [
      'a choice that is not one',
      'cluster: hello',
      'cluster: hello, mode: pinned',
      'slipway.yaml:7:39: environments.production.mode: found the text "pinned", expected one of "pin", "force"',
    ],
    [
      'credentials in the address that is asked after a deployment',
      'service: hello-api',
      'service: hello-api, verifyUrl: "https://me:secret@hello.example/health"',
      'slipway.yaml:5:41: services.api.verifyUrl: found the text "https://…@hello.example/health", expected an http or https address without credentials, such as "https://api.example.com/health"',
    ],
    [
      'no environment at all',
      '  production: { cluster: hello }',
      '  {}',
      'slipway.yaml:7:3: environments: found a mapping, expected at least one environment',
    ],
    [
      'a value that was forgotten',
      'cluster: hello',
      'cluster: ',
      'slipway.yaml:7:17: environments.production.cluster: found an empty value, expected text',
    ],
  ]
  for (const [title, from, to, expected] of refusals) {
    test(title, () => assert.deepEqual(problems(good.replace(from, to)), [expected]))
  }

  test('credentials in the address of the repository', () => {
    assert.match(
      problems(`repository: https://token@github.com/a/b\n${good}`)[0] ?? '',
      /^slipway.yaml:1:13: repository: .* without credentials/,
    )
    assert.deepEqual(problems(`repository: ssh://git@github.com/a/b\n${good}`), [])
    assert.deepEqual(problems(`repository: git@github.com:a/b.git\n${good}`), [])
  })

  test('a password in an address, without printing it', () => {
    const addresses = ['https://me:hunter2@hello.example/a.git', 'https://me:hunter2@b/@c.example']
    for (const address of addresses) {
      const [problem = ''] = problems(`repository: "${address}"\n${good}`)
      assert.match(problem, /found the text "https:\/\/…@/)
      assert.doesNotMatch(problem, /hunter2/)
    }
  })

  test('a repository that git would take for an option', () => {
    assert.match(problems(`repository: --upload-pack=x\n${good}`)[0] ?? '', /1:13: repository:/)
  })
})

const told = (list: string) => `${good}notifications: [${list}]\n`

describe('notifications', () => {
  test('are read with every event, where none is chosen', () => {
    const text = told('{ type: slack, urlFrom: SLACK_WEBHOOK_URL }')
    assert.deepEqual(parseConfig(text, 'slipway.yaml').config.notifications, [
      {
        type: 'slack',
        urlFrom: 'SLACK_WEBHOOK_URL',
        on: ['started', 'approval_needed', 'outcome'],
      },
    ])
  })

  test('name variables: an address or a secret that stands there instead is not repeated', () => {
    const secrets = [
      'https://hooks.slack.com/services/T0/B0/s3cret',
      'whsec_s3cretMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      '[s3cret]',
    ]
    for (const secret of secrets) {
      const text = told(`{ type: webhook, urlFrom: ${secret}, secretFrom: ${secret} }`)
      const found = problems(text)
      assert.equal(found.length, 2, found.join())
      for (const problem of found) {
        assert.match(problem, /(url|secret)From: found something that is not shown here/)
        assert.doesNotMatch(problem, /s3cret/)
      }
    }
  })

  const wrong: readonly [title: string, entry: string, expected: RegExp][] = [
    [
      'a key that is not one',
      '{ type: slack, url: A }',
      /url: found an unknown key; known here: type, urlFrom, secretFrom, on, outcomes/,
    ],
    ['no variable', '{ type: slack }', /urlFrom: is missing; expected text/],
    [
      'a type that is not one',
      '{ type: email, urlFrom: A }',
      /found the text "email", expected one of "slack", "webhook"/,
    ],
    [
      'an empty list of events',
      '{ type: slack, urlFrom: A, on: [] }',
      /found a list, expected a list that is not empty/,
    ],
    [
      'an event that is not one',
      '{ type: slack, urlFrom: A, on: [ended] }',
      /expected one of "started", "approval_needed", "outcome"/,
    ],
    [
      'a signature for Slack',
      '{ type: slack, urlFrom: A, secretFrom: B }',
      /secretFrom: .*Slack checks no signatures/,
    ],
    [
      'outcomes that are never told',
      '{ type: slack, urlFrom: A, on: [started], outcomes: [rejected] }',
      /outcomes: .*expected "outcome" under "on"/,
    ],
  ]
  for (const [title, entry, expected] of wrong) {
    test(`refuse ${title}`, () => assert.match(problems(told(entry)).join('\n'), expected))
  }
})

describe('what leads nowhere', () => {
  test('an image that is not there, with the one that was meant', () => {
    assert.deepEqual(
      problems(services('  web: { service: hello-web, containers: { web: apu } }\n')),
      [
        'slipway.yaml:5:49: services.web.containers.web: found the image "apu", which is not there; did you mean "api"?',
      ],
    )
  })

  test('a service that names no container and has no image of its name', () => {
    assert.deepEqual(problems(services('  web: { service: hello-web }\n')), [
      'slipway.yaml:5:3: services.web: has no "containers", and there is no image "web" to run; expected "containers", as container: image (images: api)',
    ])
  })

  test('a service to wait for that is not there', () => {
    assert.deepEqual(problems(services('  api: { service: hello-api, after: [db] }\n')), [
      'slipway.yaml:5:38: services.api.after.0: found the service "db", which is not there; there are: api',
    ])
  })

  test('services that wait for one another, by name', () => {
    const text = `  api: { service: a, after: [b] }
  b: { service: b, after: [c], containers: { b: api } }
  c: { service: c, after: [api], containers: { c: api } }
`
    assert.deepEqual(problems(services(text)), [
      'slipway.yaml:5:29: services.api.after: found services that wait for one another: api after b after c after api; one of them must go first',
    ])
  })

  test('a cycle that only an environment closes', () => {
    const text = services(`  api: { service: a }
  b: { service: b, after: [api], containers: { b: api } }
`).replace('cluster: hello', 'cluster: hello, services: { api: { after: [b] } }')
    assert.deepEqual(problems(text), [
      'slipway.yaml:8:59: environments.production.services.api.after: found services that wait for one another: api after b after api; one of them must go first',
    ])
  })

  test('an override of a service that is not there', () => {
    const text = good.replace('cluster: hello', 'cluster: hello, services: { apo: {} }')
    assert.deepEqual(problems(text), [
      'slipway.yaml:7:45: environments.production.services.apo: found an override of a service that is not there; did you mean "api"?',
    ])
  })

  test('two services that are one to ECS', () => {
    const text = `  api: { service: same }
  b: { service: same, containers: { b: api } }
`
    assert.deepEqual(problems(services(text)), [
      'slipway.yaml:6:17: services.b.service: found the ECS service "same", which "api" has already; each needs its own',
    ])
  })

  test('an image that no service runs is only a warning', () => {
    const { warnings } = parseConfig(
      good.replace('services:', '  spare: { repository: hello }\nservices:'),
      'slipway.yaml',
    )
    assert.deepEqual(
      warnings.map(({ path, position }) => ({ path, position })),
      [{ path: 'images.spare', position: { line: 4, column: 3 } }],
    )
  })
})

describe('what is no YAML', () => {
  const malformed: readonly [title: string, text: string, expected: RegExp][] = [
    ['a tab as indentation', 'project: a\nimages:\n\tapi: 1\n', /^slipway.yaml:3:1: found a tab/],
    ['a key twice', 'project: a\nproject: b\n', /^slipway.yaml:2:1: found a key .* second time/],
    ['a quote left open', 'project: "a\n', /^slipway.yaml:2:1: found malformed YAML: Missing/],
    ['two documents', `${good}---\n${good}`, /^slipway.yaml:8:1: found a second document/],
    ['nothing', '', /^slipway.yaml: found an empty file/],
    ['comments only', '# later\n', /^slipway.yaml: found an empty file/],
    ['a list', '- a\n', /^slipway.yaml:1:1: found a list, expected a mapping/],
    ['a key that reaches into objects', '__proto__: {}\n', /^slipway.yaml:1:1: .*"__proto__"/],
    ['an alias to nothing', 'project: *a\n', /^slipway.yaml:1:10: found the alias/],
  ]
  for (const [title, text, expected] of malformed) {
    test(title, () => assert.match(problems(text)[0] ?? '', expected))
  }

  test('aliases that multiply are refused before they fill the memory', () => {
    const levels = Array.from({ length: 30 }, (_, level) =>
      level === 0 ? 'a0: &a0 [x, x]' : `a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`,
    )
    assert.match(problems(levels.join('\n'))[0] ?? '', /aliases/)
  })

  test('an honest alias is followed, and its problem stands where its text stands', () => {
    const text = good
      .replace('{ repository: hello }', '&image { repository: Hello }')
      .replace('services:', '  b: *image\nservices:')
    assert.deepEqual(
      problems(text).map((one) => one.split(': ')[0]),
      ['slipway.yaml:3:29', 'slipway.yaml:3:29'],
    )
  })
})

describe('the file', () => {
  test('is found in a folder above', async () => {
    const top = temporaryFolder()
    await mkdir(join(top, 'a', 'b'), { recursive: true })
    await writeFile(join(top, 'slipway.yaml'), good)
    const loaded = await loadConfig({ directory: join(top, 'a', 'b') })
    assert.equal(loaded.file, join(top, 'slipway.yaml'))
  })

  test('is named by its path from where the command runs', async () => {
    const top = temporaryFolder()
    await writeFile(join(top, 'other.yaml'), 'project: 3\n')
    await assert.rejects(
      loadConfig({ directory: top, file: 'other.yaml' }),
      /^ConfigError: other.y/,
    )
  })

  test('that is not there says where it was looked for and what to do', async () => {
    const top = temporaryFolder()
    const error = await loadConfig({ directory: top }).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    assert.ok(error instanceof ConfigError)
    assert.match(error.message, new RegExp(`not found in ${top} or any folder above it.*--config`))
    await assert.rejects(loadConfig({ directory: top, file: 'no.yaml' }), /no.yaml: there is no/)
  })

  test('that is a folder, is not text or is far too large is refused', async () => {
    const top = temporaryFolder()
    await assert.rejects(loadConfig({ directory: top, file: '.' }), /found a folder/)
    await writeFile(join(top, 'bytes.yaml'), Uint8Array.of(0xff, 0xfe, 0))
    await assert.rejects(loadConfig({ directory: top, file: 'bytes.yaml' }), /not UTF-8/)
    await writeFile(join(top, 'large.yaml'), '#'.repeat(2 ** 20 + 1))
    await assert.rejects(loadConfig({ directory: top, file: 'large.yaml' }), /at most 1048576/)
  })
})
