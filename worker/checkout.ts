import type { BuilderActivities } from '../contract/activities.ts'
import type { SourceRef } from '../contract/activity-types.ts'
import type { WorkerOptions } from './options.ts'

/** Builder activities that take the source of one commit from a checkout on their own host. */
export function fromCheckout(
  activities: BuilderActivities,
  checkout: WorkerOptions['checkout'],
): BuilderActivities {
  if (checkout === undefined) return activities
  const here = (source: SourceRef): SourceRef =>
    source.commit === checkout.commit ? { ...source, repository: checkout.path } : source
  const inHere = <Input extends { readonly source: SourceRef }>(input: Input): Input => ({
    ...input,
    source: here(input.source),
  })
  return {
    ...activities,
    prepareSource: (source) => activities.prepareSource(here(source)),
    runChecks: (input) => activities.runChecks(inHere(input)),
    buildImage: (input) => activities.buildImage(inHere(input)),
    pushImage: (input) => activities.pushImage(inHere(input)),
    discardSource: (source) => activities.discardSource(here(source)),
  }
}
