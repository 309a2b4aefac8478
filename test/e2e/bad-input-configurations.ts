interface Wrong {
  readonly environment?: string
  readonly repository?: string
  readonly image?: string
  /** Served by the strange worker, under an environment's name that is not used elsewhere. */
  readonly strange?: boolean
}

function configuration(wrong: Wrong): string {
  const { environment = '{ cluster: harbour }', repository, image = '', strange = false } = wrong
  return `project: harbour
${repository === undefined ? '' : `repository: ${repository}`}
images:
  api: { repository: harbour, target: api, ${image} }
services:
  api: { service: harbour-api }
environments:
  ${strange ? 'strange' : 'harbour'}: ${environment}
${strange ? 'taskQueues: { release: strange, builder: strange-builder }' : ''}
`
}

/** Configurations of the example `harbour`, each with one mistake, or valid but for a bad worker. */
export const configurations: Readonly<Record<string, string>> = {
  cluster: configuration({ environment: '{ cluster: harbor }' }),
  service: configuration({
    environment: '{ cluster: harbour, services: { api: { service: harbour-app } } }',
  }),
  container: configuration({
    environment: '{ cluster: harbour, services: { api: { containers: { web: api } } } }',
  }),
  breaker: configuration({
    environment: '{ cluster: harbour, services: { api: { service: harbour-unguarded } } }',
  }),
  repository: configuration({}).replace('repository: harbour', 'repository: harbor'),
  dockerfile: configuration({ image: 'dockerfile: Dockerfil' }),
  stage: configuration({ image: '' }).replace('target: api', 'target: app'),
  source: configuration({ repository: './nowhere' }),
  syntax: `project: harbour\nimages: { api: { repository: harbour }\n`,
  unserved: `${configuration({})}taskQueues: { release: nobody }\n`,
  engine: configuration({ strange: true }),
  expired: configuration({ environment: '{ cluster: harbour, profile: expired }', strange: true }),
  denied: configuration({ environment: '{ cluster: harbour, profile: denied }', strange: true }),
  unknown: configuration({ environment: '{ cluster: harbour, profile: nobody }', strange: true }),
}
