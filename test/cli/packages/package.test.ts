import { after, before } from 'node:test'
import { testAllPackages } from './all-packages.ts'
import { openPackedPackages, type PackedPackages } from './packed-packages.ts'
import { testSimulatorAlone } from './simulator-alone.ts'
import { testSlipwayAlone } from './slipway-alone.ts'

// One test file for all packages: packing builds in this checkout, which two would do at once.

let packed: PackedPackages
before(async () => {
  packed = await openPackedPackages()
})
after(() => packed.close())

testSlipwayAlone(() => packed)
testAllPackages(() => packed)
testSimulatorAlone(() => packed)
