import { type Link } from '../contract/releases.ts'
import { partitionOf } from '../contract/partition.ts'
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

/**
 * The console of each partition that has a public one ("Service endpoints" in the AWS General
 * Reference, and in those of China and of the European Sovereign Cloud).
 */
const consoles: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-eusc': 'console.amazonaws-eusc.eu',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
}

function servicePage(
  region: string | undefined,
  cluster: string,
  service: string,
): string | undefined {
  const site = region === undefined ? undefined : consoles[partitionOf(region) ?? '']
  if (site === undefined) return undefined
  const name = encoded(cluster.split('/').at(-1) ?? '')
  return `https://${region}.${site}/ecs/v2/clusters/${name}/services/${encoded(service)}/deployments?region=${region}`
}

function encoded(part: string): string {
  return encodeURIComponent(part).replaceAll(/[()]/g, (one) => `%${one.charCodeAt(0).toString(16)}`)
}
