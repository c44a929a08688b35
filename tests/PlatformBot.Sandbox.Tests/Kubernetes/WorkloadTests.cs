using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Kubernetes;

public class WorkloadTests
{
    [Fact]
    public void A_node_without_a_network_is_not_ready_and_says_why()
    {
        var platform = new Platform(withNetwork: false);
        platform.Pass(30);

        var ready = platform.Get("v1", "Node", "", "infra-01")!.Condition("Ready");

        ready.Text("status").ShouldBe("False");
        ready.Text("reason").ShouldBe("KubeletNotReady");
        ready.Text("message").ShouldContain("cni plugin not initialized");
    }

    [Fact]
    public void Ordinary_pods_wait_for_the_network_and_the_network_itself_does_not()
    {
        var platform = new Platform(withNetwork: false);
        platform.Deploy("web", "nginx:1");
        platform.Pass(30);
        platform.Pods().Select(pod => pod.Text("spec", "nodeName")).ShouldBe(["", "", ""]);
        platform
            .Events("web-")
            .ShouldContain(text =>
                text.StartsWith("FailedScheduling 0/3 nodes are available: 3 node(s) had untolerated taint")
            );

        platform.InstallNetwork();
        platform.Pass(30);

        platform.Get("v1", "Node", "", "infra-01")!.Holds("Ready").ShouldBeTrue();
        platform.Get("v1", "Node", "", "infra-01")!["spec"]!["taints"].ShouldBeNull();
        platform.Deployment("web").Holds("Available").ShouldBeTrue();
    }

    [Fact]
    public void A_first_rollout_goes_from_created_to_available()
    {
        var platform = new Platform();
        platform.Deploy("web", "nginx:1");

        platform.World.Tick();
        var begun = platform.Deployment("web");
        platform.Pass(20);
        var done = platform.Deployment("web");

        begun.Condition("Progressing").Text("reason").ShouldBe("NewReplicaSetCreated");
        begun.Holds("Available").ShouldBeFalse();
        done.Condition("Progressing").Text("reason").ShouldBe("NewReplicaSetAvailable");
        done.Condition("Available").Text("reason").ShouldBe("MinimumReplicasAvailable");
        Counters(done).ShouldBe("replicas=3 updated=3 ready=3 available=3 unavailable=0");
        done.Whole("status", "observedGeneration").ShouldBe(1);
    }

    [Fact]
    public void A_new_template_replaces_the_pods_without_a_gap()
    {
        var platform = new Platform();
        platform.Deploy("web", "nginx:1");
        platform.Pass(20);
        platform.Deploy("web", "nginx:2");
        var fewest = int.MaxValue;

        for (var second = 0; second < 40; second++)
        {
            platform.Pass(1);
            fewest = Math.Min(fewest, (int)(platform.Deployment("web").Whole("status", "availableReplicas") ?? 0));
        }

        fewest.ShouldBe(3);
        platform
            .Pods()
            .Select(pod => pod.Items("spec", "containers").Single().Text("image"))
            .ShouldBe(["nginx:2", "nginx:2", "nginx:2"]);
        Counters(platform.Deployment("web")).ShouldBe("replicas=3 updated=3 ready=3 available=3 unavailable=0");
    }

    [Fact]
    public void An_image_that_cannot_be_pulled_ends_the_rollout_at_its_deadline_while_the_old_pods_run()
    {
        var platform = new Platform();
        platform.Deploy("web", "nginx:1", deadline: 30);
        platform.Pass(20);
        platform.Faults.Arm("infra/image-pull/broken");
        platform.Deploy("web", "broken:2", deadline: 30);

        platform.Pass(50);

        var deployment = platform.Deployment("web");
        deployment.Condition("Progressing").Text("reason").ShouldBe("ProgressDeadlineExceeded");
        deployment.Holds("Available").ShouldBeTrue();
        var waiting = platform
            .Pods()
            .SelectMany(pod => pod.Items("status", "containerStatuses"))
            .Select(status => status.Text("state", "waiting", "reason"));
        waiting.ShouldContain(reason => reason == "ErrImagePull" || reason == "ImagePullBackOff");
        platform.Events("web-").ShouldContain("Failed Error: ErrImagePull");
        platform.Events("web-").ShouldContain("Failed Error: ImagePullBackOff");
    }

    [Fact]
    public void The_rollout_recovers_when_the_image_is_there()
    {
        var platform = new Platform();
        platform.Faults.Arm("infra/image-pull/nginx");
        platform.Deploy("web", "nginx:1");
        platform.Pass(40);
        platform.Deployment("web").Holds("Available").ShouldBeFalse();

        platform.Faults.Clear("infra/image-pull/nginx");
        platform.Pass(20);

        platform.Deployment("web").Holds("Available").ShouldBeTrue();
    }

    [Fact]
    public void A_pod_whose_secret_is_missing_waits_for_it()
    {
        var platform = new Platform();
        platform.Apply(
            """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"default"},"spec":{"selector":{"matchLabels":{"app":"web"}},
             "template":{"metadata":{"labels":{"app":"web"}},"spec":{"volumes":[{"name":"v","secret":{"secretName":"issuer"}}],"containers":[{"name":"c","image":"nginx:1"}]}}}}
            """
        );
        platform.Pass(20);
        platform
            .Events("web-")
            .ShouldContain("FailedMount MountVolume.SetUp failed for volume \"v\" : secret \"issuer\" not found");

        platform.Apply("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"issuer","namespace":"default"}}""");
        platform.Pass(20);

        platform.Deployment("web").Holds("Available").ShouldBeTrue();
    }

    [Fact]
    public void A_program_that_crashes_is_started_again_and_again_until_its_trouble_is_over()
    {
        var platform = new Platform();
        platform.Cluster.Trouble = pod => new PodTrouble("c", Crashes: true, "no trust anchor");
        platform.Deploy("web", "nginx:1", replicas: 1);
        platform.Pass(60);
        var status = platform.Pods().Single().Items("status", "containerStatuses").Single();
        status.Whole("restartCount")!.Value.ShouldBeGreaterThan(1);
        platform.Deployment("web").Holds("Available").ShouldBeFalse();

        platform.Cluster.Trouble = null;
        platform.Pass(30);

        platform.Deployment("web").Holds("Available").ShouldBeTrue();
    }

    [Fact]
    public void Numbered_pods_come_one_after_the_other_with_claims_of_their_own()
    {
        var platform = new Platform();
        platform.Apply(
            """{"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{"name":"fast"},"provisioner":"disk.example","volumeBindingMode":"WaitForFirstConsumer"}"""
        );
        platform.Apply(
            """
            {"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db","namespace":"default"},"spec":{"replicas":2,"serviceName":"db",
             "selector":{"matchLabels":{"app":"db"}},"template":{"metadata":{"labels":{"app":"db"}},"spec":{"containers":[{"name":"c","image":"db:1"}]}},
             "volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"storageClassName":"fast","resources":{"requests":{"storage":"1Gi"}}}}]}}
            """
        );
        platform.Pass(2);
        platform.Pods().Select(pod => pod.Name()).ShouldBe(["db-0"]);

        platform.Pass(40);

        platform.Pods().Select(pod => pod.Name()).ShouldBe(["db-0", "db-1"]);
        platform.Get("v1", "PersistentVolumeClaim", "default", "data-db-1").Text("status", "phase").ShouldBe("Bound");
        platform.Get("apps/v1", "StatefulSet", "default", "db").Whole("status", "readyReplicas").ShouldBe(2);
    }

    [Fact]
    public void A_claim_without_its_class_stays_pending_and_so_does_its_pod()
    {
        var platform = new Platform();
        platform.Apply(
            """{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data","namespace":"default"},"spec":{"storageClassName":"ceph","accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}"""
        );
        platform.Apply(
            """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"default"},"spec":{"volumes":[{"name":"d","persistentVolumeClaim":{"claimName":"data"}}],"containers":[{"name":"c","image":"nginx:1"}]}}"""
        );

        platform.Pass(20);

        platform.Get("v1", "PersistentVolumeClaim", "default", "data").Text("status", "phase").ShouldBe("Pending");
        platform.Events("data").ShouldContain("ProvisioningFailed storageclass.storage.k8s.io \"ceph\" not found");
        platform.Events("web").ShouldContain(text => text.Contains("pod has unbound immediate PersistentVolumeClaims"));
    }

    [Fact]
    public void A_job_runs_to_its_end()
    {
        var platform = new Platform();
        platform.Apply(
            """{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"ok","namespace":"default"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"busybox:1"}]}}}}"""
        );

        platform.Pass(20);

        var job = platform.Get("batch/v1", "Job", "default", "ok")!;
        job.Holds("Complete").ShouldBeTrue();
        job.Whole("status", "succeeded").ShouldBe(1);
        job["status"]!["active"].ShouldBeNull();
    }

    [Fact]
    public void Deleting_the_owner_takes_its_replica_sets_and_pods_with_it()
    {
        var platform = new Platform();
        platform.Deploy("web", "nginx:1");
        platform.Pass(20);

        Deletion.Begin(platform.Cluster, new ObjectKey("apps/v1", "Deployment", "default", "web"));
        platform.Pass(10);

        platform.Pods().ShouldBeEmpty();
        platform.Cluster.Objects.List("apps/v1", "ReplicaSet").ShouldBeEmpty();
    }

    [Fact]
    public void In_the_foreground_the_owner_goes_last()
    {
        var platform = new Platform();
        platform.Deploy("web", "nginx:1");
        platform.Pass(20);

        Deletion.Begin(platform.Cluster, new ObjectKey("apps/v1", "Deployment", "default", "web"), "Foreground");
        platform.Pass(1);
        var meanwhile = platform.Get("apps/v1", "Deployment", "default", "web");
        platform.Pass(10);

        meanwhile.ShouldNotBeNull();
        platform.Get("apps/v1", "Deployment", "default", "web").ShouldBeNull();
    }

    [Fact]
    public void A_namespace_loses_its_contents_before_it_goes()
    {
        var platform = new Platform();
        platform.Apply("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"gone"}}""");
        platform.Apply(
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"held","namespace":"gone","finalizers":["x.example/hold"]}}"""
        );
        platform.Pass(1);
        Deletion.Begin(platform.Cluster, new ObjectKey("v1", "Namespace", "", "gone"));

        platform.Pass(10);
        var stuck = platform.Get("v1", "Namespace", "", "gone")!;
        platform.Cluster.Objects.Update(
            new("v1", "ConfigMap", "gone", "held"),
            json => json.Section("metadata").Remove("finalizers")
        );
        platform.Pass(2);

        stuck.Text("status", "phase").ShouldBe("Terminating");
        stuck.Holds("NamespaceFinalizersRemaining").ShouldBeTrue();
        platform.Get("v1", "Namespace", "", "gone").ShouldBeNull();
    }

    [Fact]
    public void A_custom_kind_is_unknown_until_its_definition_is_established()
    {
        var platform = new Platform();
        const string Widget =
            """{"apiVersion":"demo.example/v1","kind":"Widget","metadata":{"name":"one","namespace":"default"}}""";
        platform.Apply(
            """
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.demo.example"},
             "spec":{"group":"demo.example","scope":"Namespaced","names":{"plural":"widgets","kind":"Widget"},
             "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}
            """
        );

        Should.Throw<StatusException>(() => platform.Apply(Widget)).Code.ShouldBe(404);
        platform.Pass(1);

        platform.Apply(Widget).Name().ShouldBe("one");
    }

    [Fact]
    public void A_load_balancer_gets_the_address_it_wishes_for_only_from_a_pool()
    {
        var platform = new Platform();
        platform.Apply(
            """{"apiVersion":"v1","kind":"Service","metadata":{"name":"gw","namespace":"default","annotations":{"lbipam.cilium.io/ips":"10.25.11.40"}},"spec":{"type":"LoadBalancer","ports":[{"port":443}]}}"""
        );
        platform.Pass(5);
        platform.Get("v1", "Service", "default", "gw").Items("status", "loadBalancer", "ingress").ShouldBeEmpty();

        platform.Put(
            """{"apiVersion":"cilium.io/v2","kind":"CiliumLoadBalancerIPPool","metadata":{"name":"pool"},"spec":{"blocks":[{"start":"10.25.11.40","stop":"10.25.11.49"}]}}"""
        );
        platform.Pass(2);

        platform
            .Get("v1", "Service", "default", "gw")
            .Items("status", "loadBalancer", "ingress")
            .Single()
            .Text("ip")
            .ShouldBe("10.25.11.40");
    }

    [Fact]
    public void A_service_leads_to_the_ready_pods_behind_it()
    {
        var platform = new Platform();
        platform.Deploy("web", "nginx:1");
        platform.Apply(
            """{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"default"},"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}"""
        );

        platform.Pass(20);

        var addresses = platform.Get("v1", "Endpoints", "default", "web")!["subsets"]![0]!["addresses"]!.AsArray();
        addresses
            .Select(address => (string?)address!["ip"])
            .Order()
            .ShouldBe(platform.Pods().Select(pod => pod.Text("status", "podIP")).Order());
    }

    [Fact]
    public void A_world_at_rest_writes_nothing()
    {
        var platform = new Platform();
        platform.Deploy("web", "nginx:1");
        platform.Pass(40);
        var version = platform.Cluster.Objects.Version;

        platform.Pass(40);

        platform.Cluster.Objects.Version.ShouldBe(version);
    }

    private static string Counters(JsonObject deployment)
    {
        var status = deployment["status"];
        return $"replicas={status.Whole("replicas")} updated={status.Whole("updatedReplicas")} ready={status.Whole("readyReplicas")}"
            + $" available={status.Whole("availableReplicas")} unavailable={status.Whole("unavailableReplicas") ?? 0}";
    }
}
