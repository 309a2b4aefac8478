/** An ECR repository, as `repository` of an image in `slipway.yaml` names it. */
export interface EcrRepository {
  /** `team/hello` */
  readonly name: string
  /** Present where the address was given: the registry of this account in this region. */
  readonly registry?: EcrRegistry
}

export interface EcrRegistry {
  /** `444455556666.dkr.ecr.eu-central-1.amazonaws.com` */
  readonly host: string
  /** Twelve digits: the registry's id. */
  readonly account: string
  readonly region: string
}

/** ECR API reference, `CreateRepository`, `repositoryName`. */
const namePattern = '[a-z0-9]+(?:[._-][a-z0-9]+)*(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)*'

/**
 * The hosts of private registries ("Amazon ECR private registry" and "Making requests to Amazon ECR
 * registries" in the ECR user guide): those with IPv4 alone, FIPS, other partitions, dual-stack.
 */
const hostPattern =
  '[0-9]{12}\\.(?:dkr\\.ecr(?:-fips)?\\.[a-z0-9-]+\\.amazonaws\\.(?:com(?:\\.cn)?|eu)|dkr-ecr\\.[a-z0-9-]+\\.on\\.aws)'

/**
 * A name, or an address: any other first part with a dot is the host of a registry that is not ECR.
 * A repository whose own name begins so (`my.team/api`) is given by its address.
 */
export const repositoryPattern = new RegExp(
  `^(?:${hostPattern}/|(?![^/]*\\.[^/]*/))${namePattern}$`,
)

const addressPattern = new RegExp(`^(${hostPattern})/(.+)$`)

/** A text that is no address of ECR is a name. */
export function ecrRepositoryOf(repository: string): EcrRepository {
  const [, host, name] = addressPattern.exec(repository) ?? []
  if (host === undefined || name === undefined) return { name: repository }
  const [account = '', ...rest] = host.split('.')
  // `dkr.ecr.<region>…` or `dkr-ecr.<region>…`
  const region = rest[rest[0] === 'dkr' ? 2 : 1] ?? ''
  return { name, registry: { host, account, region } }
}
