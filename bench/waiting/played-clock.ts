import { manualClock, type ManualClock } from '../../simulator/clock/index.ts'

/** Clocks that start in the past, run quickly through a history, and then keep real time. */
export interface PlayedClocks {
  /** Makes a clock that starts `behindMs` behind the machine's. */
  make(behindMs: number): ManualClock
  /** Resolves once all clocks show the machine's time; they follow it from then on. */
  keepTime(): Promise<void>
}

/** How often clocks that keep time are advanced: events are seen up to this much later. */
const stepMs = 10

export function playedClocks(): PlayedClocks {
  const clocks: ManualClock[] = []

  async function catchUp(): Promise<void> {
    for (const clock of clocks) {
      const behind = Date.now() - clock.now()
      if (behind > 0) await clock.advance(behind)
    }
  }

  async function follow(): Promise<void> {
    await catchUp()
    setTimeout(() => void follow(), stepMs)
  }

  return {
    make(behindMs) {
      const clock = manualClock(Date.now() - behindMs)
      clocks.push(clock)
      return clock
    },
    async keepTime() {
      // Catching up takes time itself, so it needs more than one round.
      for (let round = 0; round < 3; round += 1) await catchUp()
      await follow()
    },
  }
}
