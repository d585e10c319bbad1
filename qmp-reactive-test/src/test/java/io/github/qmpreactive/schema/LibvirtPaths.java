package io.github.qmpreactive.schema;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Paths that libvirt asks a QEMU for, and others of the kind, with what each version of QEMU has of them. */
final class LibvirtPaths {

    /** In the order of {@link KnownSchemas#VERSIONS}: {@code y} where the path is there. */
    private static final String TABLE = """
            yyyy blockdev-add/arg-type/+file/aio/^io_uring
            --yy blockdev-add/arg-type/+qcow2/discard-no-unref
            --yy blockdev-add/arg-type/+virtio-blk-vhost-vdpa/$fdset
            --yy blockdev-add/arg-type/+rbd/encrypt/format/^luks-any
            -yyy device_add/$json-cli-hotplug
            -yyy screendump/arg-type/format/^png
            -yyy netdev_add/arg-type/+stream
            -yyy snapshot-save
            -yyy yank
            yyy- chardev-add/arg-type/backend/+socket/data/reconnect
            --yy chardev-add/arg-type/backend/+socket/data/reconnect-ms
            --yy migrate/arg-type/channels
            --yy migrate-incoming/arg-type/exit-on-error
            --yy block-job-change
            --yy blockdev-set-active
            --yy device-sync-config
            --y- netdev_add/arg-type/+stream/reconnect
            yy-- migrate/arg-type/blk
            yy-- query-status/ret-type/singlestep
            yy-- MEM_UNPLUG_ERROR
            yy-- query-migrate/ret-type/compression
            yyy- migrate-set-capabilities/arg-type/capabilities/capability/^zero-blocks
            -yyy query-migrate/ret-type/blocked-reasons
            -yyy DEVICE_UNPLUG_GUEST_ERROR
            --yy BLOCK_IO_ERROR/arg-type/qom-path
            --yy MIGRATION/arg-type/status/^postcopy-recover-setup
            ---y MIGRATION/arg-type/status/^failing
            ---y MIGRATION/arg-type/status/^postcopy-device
            ---y query-migrate/ret-type/remaining
            ---y object-add/arg-type/+monitor-qmp
            ---y blockdev-mirror/arg-type/target-is-zero
            ---y block-job-complete/$deprecated
            ---y query-block/arg-type/flat
            yyyy blockdev-add/arg-type/+file/$dynamic-auto-read-only
            -yyy device_add/$json-cli
            ---- query-block-jobs/ret-type/actively-synced
            --yy query-block-jobs/ret-type/+mirror/actively-synced
            yyyy blockdev-add/arg-type/+qcow2/backing/+qcow2/file/+file/filename/!string
            yyyy blockdev-add/arg-type/+qcow2/backing/!null
            yyy- migrate/arg-type/*detach/!boolean
            """;

    private LibvirtPaths() {}

    /** All paths, with what a version has of them. */
    static Map<String, Boolean> in(String version) {
        int column = KnownSchemas.VERSIONS.indexOf(version);
        return TABLE.lines()
                .collect(Collectors.toMap(
                        line -> line.substring(5), line -> line.charAt(column) == 'y', (a, b) -> a, TreeMap::new));
    }

    /** The same, as a schema says. */
    static Map<String, Boolean> in(QmpSchema schema) {
        return TABLE.lines()
                .map(line -> line.substring(5))
                .collect(Collectors.toMap(path -> path, schema::supports, (a, b) -> a, TreeMap::new));
    }
}
