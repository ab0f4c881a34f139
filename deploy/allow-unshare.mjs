// Makes a seccomp profile with which decoders can give up the network inside a container:
//   node deploy/allow-unshare.mjs < default.json > deploy/seccomp.json
// default.json is the default profile of your Docker or Podman, of the version that you run. One rule is
// added to it: unshare(2) with exactly the flags of `unshare --user --net`, CLONE_NEWUSER | CLONE_NEWNET.

const CLONE_NEWUSER = 0x1000_0000;
const CLONE_NEWNET = 0x4000_0000;

let text = '';
for await (const chunk of process.stdin) text += chunk;
const profile = JSON.parse(text);
if (!Array.isArray(profile.syscalls) || profile.defaultAction === 'SCMP_ACT_ALLOW') {
  throw new Error('This is no seccomp profile that forbids what it does not list');
}
profile.syscalls.push({
  names: ['unshare'],
  action: 'SCMP_ACT_ALLOW',
  args: [{ index: 0, value: CLONE_NEWUSER + CLONE_NEWNET, op: 'SCMP_CMP_EQ' }],
  comment: 'mms-inbox: decoders give up the network',
});
process.stdout.write(`${JSON.stringify(profile, null, 2)}\n`);
