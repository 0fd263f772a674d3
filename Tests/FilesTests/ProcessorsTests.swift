import Files
import Testing

@Suite("Processors of a control group")
struct ProcessorsTests {
    private func limit(_ groups: String, _ files: [String: String]) -> Int? {
        Processors.limit(of: groups) { files[$0] }
    }

    @Test("a quota is rounded up to whole processors")
    func second() {
        #expect(limit("0::/\n", ["/sys/fs/cgroup/cpu.max": "150000 100000\n"]) == 2)
        #expect(limit("0::/\n", ["/sys/fs/cgroup/cpu.max": "50000 100000\n"]) == 1)
        #expect(limit("0::/\n", ["/sys/fs/cgroup/cpu.max": "max 100000\n"]) == nil)
    }

    @Test("the narrowest of a group and those around it holds")
    func nested() {
        let files = [
            "/sys/fs/cgroup/user/cpu.max": "800000 100000\n", "/sys/fs/cgroup/user/job/cpu.max": "max 100000\n",
            "/sys/fs/cgroup/cpu.max": "1600000 100000\n",
        ]
        #expect(limit("0::/user/job\n", files) == 8)
    }

    @Test("version 1 keeps quota and period in two files")
    func first() {
        let files = [
            "/sys/fs/cgroup/cpu/docker/x/cpu.cfs_quota_us": "300000\n",
            "/sys/fs/cgroup/cpu/docker/x/cpu.cfs_period_us": "100000\n",
            "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
            "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
        ]
        #expect(limit("4:memory:/docker/x\n3:cpuacct,cpu:/docker/x\n", files) == 3)
    }

    @Test(
        "what says nothing limits nothing",
        arguments: [
            "", "nonsense", "0::/", "0::/\nx", "1:cpu:/", "0::", "\u{0}::\u{0}", "99999999999999999999 1", "1 0",
            "9223372036854775807 1 1",
        ])
    func nonsense(_ text: String) {
        #expect(limit(text, [:]) == nil)
        #expect(limit("0::/\n", ["/sys/fs/cgroup/cpu.max": text]) == nil)
    }

    @Test("there is at least one")
    func some() { #expect(Processors.count >= 1) }
}
