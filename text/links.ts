import { type Link } from '../contract/releases.ts'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import { shortCommit } from './short.ts'

/** The commit where its repository is hosted, and each service in the console of AWS. */
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

/** What stands between a repository's address and a commit there. */
const commitPaths: Readonly<Record<string, string>> = {
  'github.com': 'commit',
  'gitlab.com': '-/commit',
  'bitbucket.org': 'commits',
}

/** By HTTPS or SSH, as hosts write it; who logs in with what is left out. */
const hosted =
  /^(?:(?:https|ssh):\/\/(?:[^@/]*@)?|[^@/:]+@)([a-z.]+)(?::\d+)?[/:]([\w.-]+(?:\/[\w.-]+)+)$/

function commitPage(repository: string, commit: string): string | undefined {
  const [, host = '', path = ''] = hosted.exec(repository.replace(/(\.git)?\/?$/, '')) ?? []
  const toCommit = Object.hasOwn(commitPaths, host) ? commitPaths[host] : undefined
  return toCommit === undefined
    ? undefined
    : `https://${host}/${path}/${toCommit}/${encoded(commit)}`
}

/** Consoles of the AWS partitions; all others are in the first. */
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
