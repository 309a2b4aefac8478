import { type Link } from '../contract/releases.ts'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import { shortCommit } from './short.ts'

/** Links to the commit at the host of its repository, and to each service in the AWS console. */
export function linksOf(
  { repository, aws: { region }, cluster, services }: EnvironmentSpec,
  commit: string | undefined,
): readonly Link[] {
  const source = commit === undefined ? undefined : commitPage(repository, commit)
  return [
    ...(source === undefined ? [] : [{ text: `commit ${shortCommit(commit)}`, url: source }]),
    ...services.flatMap(({ ecsService }) => {
      const url = servicePage(region, cluster, ecsService)
      return url === undefined ? [] : [{ text: ecsService, url }]
    }),
  ]
}

/** The path between a repository and a commit, by host. */
const commitPaths: Readonly<Record<string, string>> = {
  'github.com': 'commit',
  'gitlab.com': '-/commit',
  'bitbucket.org': 'commits',
}

/** HTTPS and SSH addresses as hosts write them. The user info is not captured. */
const hosted =
  /^(?:(?:https|ssh):\/\/(?:[^@/]*@)?|[^@/:]+@)([a-z.]+)(?::\d+)?[/:]([\w.-]+(?:\/[\w.-]+)+)$/

function commitPage(repository: string, commit: string): string | undefined {
  const [, host = '', path = ''] = hosted.exec(repository.replace(/(\.git)?\/?$/, '')) ?? []
  const toCommit = Object.hasOwn(commitPaths, host) ? commitPaths[host] : undefined
  return toCommit === undefined
    ? undefined
    : `https://${host}/${path}/${toCommit}/${encoded(commit)}`
}

/** The console of each AWS partition, by prefix of the region. */
const consoles = [
  { prefix: 'cn-', domain: 'amazonaws.cn' },
  { prefix: 'us-gov-', domain: 'amazonaws-us-gov.com' },
  { prefix: '', domain: 'aws.amazon.com' },
]

function servicePage(
  region: string | undefined,
  cluster: string,
  service: string,
): string | undefined {
  if (region === undefined || !/^[a-z0-9-]+$/.test(region)) return undefined
  const { domain = '' } = consoles.find(({ prefix }) => region.startsWith(prefix)) ?? {}
  const name = encoded(cluster.split('/').at(-1) ?? '')
  return `https://${region}.console.${domain}/ecs/v2/clusters/${name}/services/${encoded(service)}/deployments?region=${region}`
}

function encoded(part: string): string {
  return encodeURIComponent(part).replaceAll(/[()]/g, (one) => `%${one.charCodeAt(0).toString(16)}`)
}
