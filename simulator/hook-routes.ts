import type { Engine } from './ecs/index.ts'
import type { ControlRoutes } from './http/control.ts'

/**
 * What the Lambda functions answer that are hooks of deployments, for `/_simulator/`: there is no
 * Lambda here. A hook that waits for a person is answered by `ContinueServiceDeployment`.
 */
export function hookRoutes(engine: Engine): ControlRoutes {
  const { state } = engine
  const listHooks = () => ({ answers: state.hookAnswers, hooks: activeHooks(engine) })
  return {
    'GET hooks': listHooks,
    'PUT hooks': ({ name, body }) => {
      const { hookStatus, callBackDelay } = (body ?? {}) as Record<string, unknown>
      if (name === '' || !isStatus(hookStatus) || !isDelay(callBackDelay))
        throw new Error(
          'A hook answers as PUT hooks/<function> says, {"hookStatus": "SUCCEEDED"}, "FAILED" or "IN_PROGRESS", this one perhaps with "callBackDelay", in seconds; DELETE hooks has all succeed.',
        )
      state.hookAnswers[name] = {
        hookStatus,
        ...(callBackDelay !== undefined && { callBackDelay }),
      }
      return listHooks()
    },
    'DELETE hooks': ({ name }) => {
      for (const each of name === '' ? Object.keys(state.hookAnswers) : [name])
        delete state.hookAnswers[each]
      return listHooks()
    },
  }
}

/** Those of deployments that are under way, each at the stage where it is. */
function activeHooks({ state }: Engine) {
  return Object.values(state.serviceDeployments).flatMap(({ arn, finishedAt, staged }) =>
    finishedAt !== undefined || staged === undefined
      ? []
      : staged.hooks.map(({ id, type, targetArn, status }) => ({
          serviceDeployment: arn,
          stage: staged.stage,
          id,
          type,
          targetArn,
          status,
        })),
  )
}

function isStatus(value: unknown): value is 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS' {
  return value === 'SUCCEEDED' || value === 'FAILED' || value === 'IN_PROGRESS'
}

function isDelay(value: unknown): value is number | undefined {
  return value === undefined || (typeof value === 'number' && value > 0)
}
