import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missingPermission } from '../../../../activities/aws/missing-permission.ts'

test('a denial names the action to allow, the resource and the principal', () => {
  assert.equal(
    missingPermission(
      'User: arn:aws:sts::111122223333:assumed-role/slipway/i-0abc is not authorized to perform: ecs:UpdateService on resource: arn:aws:ecs:eu-west-1:111122223333:service/mailman/api because no identity-based policy allows the ecs:UpdateService action',
    ),
    'Allow "ecs:UpdateService" on arn:aws:ecs:eu-west-1:111122223333:service/mailman/api in a policy of role "slipway", and try again.',
  )
  assert.equal(
    missingPermission(
      'User: arn:aws:iam::111122223333:user/ci is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action',
    ),
    'Allow "ecr:GetAuthorizationToken" in a policy of user "ci", and try again.',
  )
})

test('an explicit deny is not answered with advice to allow the action', () => {
  assert.equal(
    missingPermission(
      'User: arn:aws:iam::111122223333:user/ci is not authorized to perform: ecs:UpdateService on resource: arn:aws:ecs:eu-west-1:111122223333:service/mailman/api with an explicit deny in a service control policy',
    ),
    'A policy denies it explicitly: change that policy, and try again.',
  )
})

test('a denial without details still asks for the permission', () => {
  assert.equal(missingPermission('Access denied'), 'Add the permission to its role and try again.')
})

test('a denial in another account names both policies that must allow the action', () => {
  assert.equal(
    missingPermission(
      'User: arn:aws:sts::111122223333:assumed-role/slipway/i-0abc is not authorized to perform: ecr:DescribeImages on resource: arn:aws:ecr:eu-central-1:444455556666:repository/team/hello because no resource-based policy allows the ecr:DescribeImages action',
    ),
    'Allow "ecr:DescribeImages" on arn:aws:ecr:eu-central-1:444455556666:repository/team/hello in a policy of role "slipway", and in the policy of that resource itself, which is of account 444455556666, and try again.',
  )
})
