"""Calls the simulator with botocore and holds each raw answer against botocore's model of AWS.

botocore's own parser drops what it does not know; here an unknown field, a missing one and one of
the wrong type are all findings. Prints {"Service.Operation": [finding, …]} as JSON.
"""

import base64
import json
import sys
import time
import xml.etree.ElementTree as ElementTree

import awscli  # noqa: F401 (from here on `botocore` is the one that comes with it)
import botocore.session
from botocore.validate import ParamValidator

findings = {}


def local_name(element):
    return element.tag.split("}")[-1]


def check_xml(element, shape, path):
    """Findings about an element of the query protocol: names that its shape does not have."""
    if shape.type_name == "list":
        for child in element:
            name = shape.member.serialization.get("name", "member")
            if local_name(child) != name:
                yield f"{path}: {local_name(child)} where {name} was expected"
            yield from check_xml(child, shape.member, f"{path}[]")
    elif shape.type_name == "structure":
        members = {
            member.serialization.get("name", name): member for name, member in shape.members.items()
        }
        for child in element:
            name = local_name(child)
            if name not in members:
                yield f"{path}: unknown element {name}"
            else:
                yield from check_xml(child, members[name], f"{path}.{name}")
    elif len(element):
        yield f"{path}: elements where a {shape.type_name} was expected"


def check(http_response, model, **_):
    operation = f"{model.service_model.service_id}.{model.name}"
    found = findings.setdefault(operation, [])
    if http_response.status_code >= 300:
        found.append(http_response.content.decode())
    elif model.service_model.metadata["protocol"] == "query":
        root = ElementTree.fromstring(http_response.content)
        wrapper = model.output_shape.serialization["resultWrapper"]
        results = [child for child in root if local_name(child) == wrapper]
        if len(results) != 1:
            found.append(f"no {wrapper}")
        for result in results:
            found.extend(check_xml(result, model.output_shape, model.name))
    else:
        report = ParamValidator().validate(json.loads(http_response.content), model.output_shape)
        if report.has_errors():
            found.append(report.generate_report())


session = botocore.session.get_session()
session.get_component("event_emitter").register("after-call", check)


def client(service):
    return session.create_client(service, region_name="us-east-1", endpoint_url=sys.argv[1])


ecs, ecr, elb, logs, sts = map(client, ["ecs", "ecr", "elbv2", "logs", "sts"])

manifest = json.dumps({"schemaVersion": 2, "layers": [], "config": {"size": 1}})
ecr.create_repository(repositoryName="api")
ecr.describe_repositories()
ecr.put_image_tag_mutability(
    repositoryName="api",
    imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
    imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "*-latest"}],
)
ecr.put_image(repositoryName="api", imageManifest=manifest, imageTag="v1")
ecr.describe_images(repositoryName="api")
ecr.list_images(repositoryName="api")
ecr.batch_get_image(repositoryName="api", imageIds=[{"imageTag": "v1"}, {"imageTag": "v2"}])
ecr.batch_delete_image(repositoryName="api", imageIds=[{"imageTag": "v1"}, {"imageTag": "v2"}])
ecr.get_authorization_token()
ecr.delete_repository(repositoryName="api")

sts.get_caller_identity()
role = {"RoleArn": "arn:aws:iam::111122223333:role/deploy", "RoleSessionName": "ci"}
sts.assume_role(**role)


def segment(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


claims = {"iss": "https://issuer.example", "sub": "repo:mailman", "aud": "sts.amazonaws.com"}
token = f"{segment({'alg': 'RS256'})}.{segment({**claims, 'exp': 4102444800})}.c2lnbmVk"
sts.assume_role_with_web_identity(**role, WebIdentityToken=token)


def target_group(name):
    """One whose targets are soon healthy and soon gone; its ARN."""
    made = elb.create_target_group(
        Name=name,
        Protocol="HTTP",
        Port=80,
        VpcId="vpc-1",
        TargetType="ip",
        HealthCheckIntervalSeconds=5,
        HealthCheckTimeoutSeconds=2,
        HealthyThresholdCount=2,
    )
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    elb.modify_target_group_attributes(
        TargetGroupArn=arn,
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}],
    )
    return arn


group_arn = target_group("api")
elb.describe_target_groups()
elb.describe_target_group_attributes(TargetGroupArn=group_arn)
elb.modify_target_group(TargetGroupArn=group_arn, HealthCheckPath="/health")

cluster_arn = ecs.create_cluster(clusterName="mailman")["cluster"]["clusterArn"]
ecs.describe_clusters(clusters=["mailman", "nowhere"])
ecs.list_clusters()
ecs.register_task_definition(
    family="api",
    tags=[{"key": "commit", "value": "abc"}],
    containerDefinitions=[
        {
            "name": "api",
            "image": "api:1",
            "environment": [{"name": "A", "value": "b"}],
            "portMappings": [{"containerPort": 80}],
            "healthCheck": {"command": ["CMD", "true"], "interval": 5},
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": "/api", "awslogs-stream-prefix": "p"},
            },
        }
    ],
)
ecs.describe_task_definition(taskDefinition="api", include=["TAGS"])
ecs.list_task_definitions(familyPrefix="api", sort="DESC")
ecs.list_task_definition_families()
ecs.tag_resource(resourceArn=cluster_arn, tags=[{"key": "team", "value": "mail"}])
ecs.list_tags_for_resource(resourceArn=cluster_arn)
ecs.untag_resource(resourceArn=cluster_arn, tagKeys=["team"])
ecs.create_service(
    cluster="mailman",
    serviceName="api",
    taskDefinition="api",
    desiredCount=1,
    loadBalancers=[{"targetGroupArn": group_arn, "containerName": "api", "containerPort": 80}],
    deploymentConfiguration={
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "alarms": {"alarmNames": ["errors"], "enable": False, "rollback": True},
    },
)
of_service = {"cluster": "mailman", "service": "api"}


def wait_for(status):
    """Asks until the newest service deployment has this status; the caller's time limit ends it."""
    while True:
        arn = ecs.list_service_deployments(**of_service)["serviceDeployments"][0][
            "serviceDeploymentArn"
        ]
        described = ecs.describe_service_deployments(serviceDeploymentArns=[arn])
        deployment = described["serviceDeployments"][0]
        if deployment["status"] == status:
            return deployment
        time.sleep(0.2)


wait_for("SUCCESSFUL")

# In two colours from here on, with a person asked before production traffic shifts.
other_arn = target_group("other")
balancer = elb.create_load_balancer(Name="front", Subnets=["subnet-1"])["LoadBalancers"][0]
forward = [{"Type": "forward", "TargetGroupArn": group_arn}]
listener_arn = elb.create_listener(
    LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=forward
)["Listeners"][0]["ListenerArn"]
rules = [
    elb.create_rule(
        ListenerArn=listener_arn,
        Priority=priority,
        Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
        Actions=forward,
    )["Rules"][0]["RuleArn"]
    for priority in [1, 2, 3]
]
both = [{"TargetGroupArn": group_arn, "Weight": 1}, {"TargetGroupArn": other_arn, "Weight": 0}]
elb.modify_rule(
    RuleArn=rules[0], Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": both}}]
)
elb.delete_rule(RuleArn=rules[2])
ecs.update_service(
    **of_service,
    loadBalancers=[
        {
            "targetGroupArn": group_arn,
            "containerName": "api",
            "containerPort": 80,
            "advancedConfiguration": {
                "alternateTargetGroupArn": other_arn,
                "productionListenerRule": rules[0],
                "testListenerRule": rules[1],
                "roleArn": "arn:aws:iam::000000000000:role/balancers",
            },
        }
    ],
    deploymentConfiguration={
        "strategy": "CANARY",
        "canaryConfiguration": {"canaryPercent": 12.5, "canaryBakeTimeInMinutes": 0},
        "bakeTimeInMinutes": 0,
        "lifecycleHooks": [
            {
                "hookTargetArn": "arn:aws:lambda:us-east-1:000000000000:function:check",
                "roleArn": "arn:aws:iam::000000000000:role/hooks",
                "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"],
                "hookDetails": {"bucket": "reports"},
            },
            {
                "targetType": "PAUSE",
                "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"],
                "timeoutConfiguration": {"timeoutInMinutes": 5, "action": "ROLLBACK"},
            },
        ],
    },
)


def paused_hook():
    """Asks until a hook waits for a person; the caller's time limit ends it."""
    while True:
        deployment = wait_for("IN_PROGRESS")
        for hook in deployment.get("lifecycleHookDetails", []):
            if hook["status"] == "AWAITING_ACTION":
                return deployment["serviceDeploymentArn"], hook["hookId"]
        time.sleep(0.1)


paused_arn, hook_id = paused_hook()
elb.describe_load_balancers()
elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])
elb.describe_rules(ListenerArn=listener_arn)
ecs.continue_service_deployment(serviceDeploymentArn=paused_arn, hookId=hook_id)
wait_for("SUCCESSFUL")
ecs.update_service(
    **of_service, deploymentConfiguration={"lifecycleHooks": []}, forceNewDeployment=True
)
deployment = wait_for("IN_PROGRESS")
ecs.describe_services(cluster="mailman", services=["api", "nowhere"])
ecs.stop_service_deployment(serviceDeploymentArn=deployment["serviceDeploymentArn"])
deployment = wait_for("ROLLBACK_SUCCESSFUL")
ecs.describe_service_revisions(
    serviceRevisionArns=[deployment["targetServiceRevision"]["arn"]],
)
ecs.list_services(cluster="mailman")
tasks = ecs.list_tasks(cluster="mailman", serviceName="api")["taskArns"]
stopped = ecs.list_tasks(cluster="mailman", serviceName="api", desiredStatus="STOPPED")["taskArns"]
ecs.describe_tasks(cluster="mailman", tasks=tasks + stopped)
elb.describe_target_health(TargetGroupArn=group_arn)
logs.describe_log_groups()
streams = logs.describe_log_streams(logGroupName="/api")["logStreams"]
logs.get_log_events(logGroupName="/api", logStreamName=streams[0]["logStreamName"])
logs.filter_log_events(logGroupName="/api")
ecs.stop_task(cluster="mailman", task=tasks[0])
ecs.delete_service(**of_service, force=True)


def status():
    return ecs.describe_services(cluster="mailman", services=["api"])["services"][0]["status"]


while status() != "INACTIVE":
    time.sleep(0.2)
ecs.deregister_task_definition(taskDefinition="api:1")
ecs.delete_cluster(cluster="mailman")
elb.delete_listener(ListenerArn=listener_arn)
elb.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
elb.delete_target_group(TargetGroupArn=group_arn)
print(json.dumps(findings))
