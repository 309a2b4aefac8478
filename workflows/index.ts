export { environment } from './environment.ts'
export { plan } from './plan.ts'
export { release } from './release.ts'
export { revisions } from './revisions.ts'
