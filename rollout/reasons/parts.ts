/**
 * What a reason names. Every part may be missing: Fargate cuts long reasons short (ECS developer
 * guide, "CannotPullContainer task errors"). Of a secret there is only its name.
 */
export type ReasonParts = Partial<Record<Part, string>>

export type Part = keyof typeof patterns

const patterns = {
  /** The IAM role that was denied something, or that ECS cannot assume. */
  role: [/:assumed-role\/([\w+=,.@-]+)/i, /:role\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]+)/i],
  /** The IAM action: `ecr:BatchGetImage`. */
  action: [/authorized to perform: ([\w-]+:\w+)/i],
  /** The kind of policy that does not allow it: `resource-based`. */
  policy: [/because no ([\w-]+) policy allows/i],
  /** Host of the registry. */
  registry: [
    /\b(\d{12}\.dkr\.ecr\.[\w-]+\.amazonaws\.com(?:\.cn)?)/i,
    /https?:\/\/([\w.-]+(?::\d+)?)\/v2\//i,
    /failed to resolve ref "?([\w-]+(?:\.[\w-]+)+)\//i,
  ],
  /** As ECS writes it, with its tag or digest. */
  image: [
    /failed to resolve ref "?([^\s",]+)/i,
    /pull access denied for ([^\s,]+)/i,
    /(?:manifest for|repository|image) ([^\s,]*[/:][^\s,]+) not found/i,
    /cannot pull '?([^\s']*\/[^\s']+)/i,
  ],
  /** Host of the AWS endpoint that was asked. */
  endpoint: [/https?:\/\/((?!\d{12}\.)[\w.-]+\.amazonaws\.com(?:\.cn)?)/i],
  secret: [/:secretsmanager:[\w-]*:\d*:secret:([\w/+=.@!-]+)/i],
  jsonKey: [/json key ([^\s,]+)/i],
  parameter: [/invalid (?:ssm )?parameters: (\S+)/i, /:parameter\/([\w./-]+)/i],
  fileSystem: [/\b(fs-[0-9a-z]+)/i],
  subnet: [/\b(subnet-[0-9a-z]+)/i],
  /** `linux/arm64` */
  platform: [/platform ['{]?([\w.-]+\/[\w./-]+)/i],
  /** The program that a container should run. */
  command: [/exec: \\?"?([^\s"\\]+)\\?"?: (?:executable|stat)/i, /exec ([^\s:"]+): exec format/i],
  /** The port of the host that is taken. */
  port: [/bind for [\w.[\]:]*:(\d+)/i],
  /** What there is too little of: `CPU`, `MEMORY`, `ENI`. */
  resource: [/insufficient (CPU|memory)/i, /resource:(\w+)/i],
} as const satisfies Record<string, readonly RegExp[]>

export function partsOf(said: string): ReasonParts {
  const found = Object.entries(patterns).flatMap(([part, tries]) => {
    const value = tries.map((pattern) => pattern.exec(said)?.[1]).find((one) => one !== undefined)
    return value === undefined ? [] : [[part, value.replace(/[.,:;]+$/, '')]]
  })
  return Object.fromEntries(found) as ReasonParts
}
