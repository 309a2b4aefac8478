import type {
  CreateRuleCommandOutput,
  DescribeRulesCommandOutput,
  ModifyRuleCommandOutput,
  Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Answer } from '../ecs/answers/wire.ts'
import type { Engine } from '../ecs/engine.ts'
import { elbId } from '../ecs/ids.ts'
import { type Input, objectList, optionalText, textList } from '../ecs/requests/input.ts'
import type { EngineState } from '../ecs/engine-state.ts'
import { AwsError } from '../http/types.ts'
import { listenerAt, ruleAt } from './find.ts'
import { actionsOf, forwardIn } from './forward.ts'
import { optionalInteger, text } from './input.ts'
import type { ListenerRecord, RuleRecord } from './records.ts'

/** @throws PriorityInUse */
export function createRule(engine: Engine, input: Input): Answer<CreateRuleCommandOutput> {
  const listener = listenerAt(engine, text(input, 'ListenerArn'))
  const priority = optionalInteger(input, 'Priority', [1, 50_000])
  if (priority === undefined) throw new AwsError('ValidationError', 'A Priority must be specified')
  const taken = Object.values(engine.state.rules).some(
    (rule) => rule.listener === listener.arn && rule.priority === String(priority),
  )
  if (taken) throw new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`)
  const rule = addRule(engine, listener, {
    priority: String(priority),
    conditions: objectList(input, 'Conditions'),
    forward: forwardIn(engine, input, 'Actions'),
  })
  return { Rules: [answer(rule)] }
}

export function addRule(
  { state }: Engine,
  listener: ListenerRecord,
  made: Pick<RuleRecord, 'priority' | 'conditions' | 'forward'>,
): RuleRecord {
  const arn = `${listener.arn.replace(':listener/', ':listener-rule/')}/${elbId()}`
  const rule: RuleRecord = { arn, listener: listener.arn, ...made }
  state.rules[arn] = rule
  return rule
}

/** The rules of a listener, the default rule last, or those with these ARNs. */
export function describeRules(engine: Engine, input: Input): Answer<DescribeRulesCommandOutput> {
  const arns = textList(input, 'RuleArns')
  const of = optionalText(input, 'ListenerArn')
  if ((of === undefined) === (arns.length === 0)) {
    throw new AwsError('ValidationError', 'Either a listener ARN or rule ARNs must be specified')
  }
  if (of === undefined) return { Rules: arns.map((arn) => answer(ruleAt(engine, arn))) }
  const { arn: listener } = listenerAt(engine, of)
  const rules = Object.values(engine.state.rules).filter((rule) => rule.listener === listener)
  return { Rules: rules.toSorted((one, other) => order(one) - order(other)).map(answer) }
}

function order({ priority }: RuleRecord): number {
  return priority === 'default' ? Infinity : Number(priority)
}

/** Changes the action or the conditions of a rule. Absent fields stay as they are. */
export function modifyRule(engine: Engine, input: Input): Answer<ModifyRuleCommandOutput> {
  const rule = ruleAt(engine, text(input, 'RuleArn'))
  if (input['Actions'] !== undefined) rule.forward = forwardIn(engine, input, 'Actions')
  if (input['Conditions'] !== undefined) {
    rule.conditions = objectList(input, 'Conditions')
  }
  return { Rules: [answer(rule)] }
}

/** @throws OperationNotPermitted for a default rule. */
export function deleteRule(engine: Engine, input: Input): object {
  const rule = ruleAt(engine, text(input, 'RuleArn'))
  if (rule.priority === 'default') {
    throw new AwsError('OperationNotPermitted', `Default rule '${rule.arn}' cannot be deleted`)
  }
  rejectWhileInUse(engine.state, rule)
  delete engine.state.rules[rule.arn]
  return {}
}

/**
 * AWS allows deleting a rule with which a service shifts its traffic. What the next deployment then
 * does is not documented, so it is rejected here.
 *
 * @throws ResourceInUse
 */
export function rejectWhileInUse({ services }: EngineState, { arn }: RuleRecord): void {
  const service = Object.values(services).find(
    ({ status, loadBalancers }) =>
      status !== 'INACTIVE' &&
      loadBalancers.some(({ advancedConfiguration: colours }) =>
        [colours?.productionListenerRule, colours?.testListenerRule].includes(arn),
      ),
  )
  if (service === undefined) return
  throw new AwsError('ResourceInUse', `Rule '${arn}' shifts the traffic of service ${service.name}`)
}

function answer(rule: RuleRecord): Answer<Rule> {
  return {
    RuleArn: rule.arn,
    Priority: rule.priority,
    Conditions: rule.conditions,
    Actions: actionsOf(rule.forward),
    IsDefault: rule.priority === 'default',
  }
}
