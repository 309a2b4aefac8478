import type { Engine } from './ecs/index.ts'
import type { ControlRoutes } from './http/control.ts'

/**
 * The answers of hooks' Lambda functions, for `/_simulator/`, as no Lambda is simulated. A hook that
 * waits for a person is answered with `ContinueServiceDeployment`.
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
          'Set the answer of a hook with PUT hooks/<function> and {"hookStatus": "SUCCEEDED"}, "FAILED" or "IN_PROGRESS"; "IN_PROGRESS" can have a "callBackDelay" in seconds. After DELETE hooks all hooks succeed.',
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

/** The hooks of deployments in progress, at their current stages. */
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
