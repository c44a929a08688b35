# Every item and field of the vault that the services read. Never filled in anywhere: `op inject` is asked whether it could
# be, in one call; run by a person it names the first that is missing. External Secrets reads the same fields.
onepassword-connect      op://Infra/onepassword-connect/token
cloudflare               op://Infra/cloudflare/api-token-dns op://Infra/cloudflare/zone-id
cloudflare tunnels       op://Infra/cloudflare/tunnel-infra-id op://Infra/cloudflare/tunnel-infra-token op://Infra/cloudflare/tunnel-apps-id op://Infra/cloudflare/tunnel-apps-token
postgres                 op://Infra/postgres-keycloak/password op://Infra/postgres-gitlab/password op://Infra/postgres-harbor/password op://Infra/postgres-mattermost/password op://Infra/postgres-platform-probe/password
dragonfly                op://Infra/dragonfly/password
backups on the NAS       op://Infra/nas-s3-cnpg/access-key op://Infra/nas-s3-cnpg/secret-key
object store             op://Infra/object-store-gitlab/access-key op://Infra/object-store-gitlab/secret-key op://Infra/object-store-harbor/access-key op://Infra/object-store-harbor/secret-key op://Infra/object-store-mattermost/access-key op://Infra/object-store-mattermost/secret-key
keycloak                 op://Infra/keycloak-admin/username op://Infra/keycloak-admin/password
single sign-on           op://Infra/oidc-gitlab/client-secret op://Infra/oidc-harbor/client-secret op://Infra/oidc-grafana/client-secret
etcd snapshots           op://Infra/etcd-backup-age/recipient
copies on the NAS        op://Infra/nas-s3-mirror/access-key op://Infra/nas-s3-mirror/secret-key
gitlab                   op://Infra/gitlab-root/password
harbor                   op://Infra/harbor-admin/password op://Infra/harbor-core/secret-key op://Infra/harbor-core/core-secret op://Infra/harbor-core/csrf-key op://Infra/harbor-core/jobservice-secret op://Infra/harbor-core/registry-http-secret op://Infra/harbor-core/registry-password op://Infra/harbor-core/registry-htpasswd
