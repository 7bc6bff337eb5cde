"""What the Vagrantfile says before it makes a machine that cannot work. Its Ruby runs without Vagrant here."""

import shutil
import subprocess

import pytest

pytestmark = pytest.mark.skipif(shutil.which("ruby") is None, reason="ruby comes with Vagrant, and is not here")

VAGRANT = """
module Vagrant
  def self.require_version(*) = nil
  def self.configure(*) = nil
  module Util; module Platform; def self.linux? = true; end; end
end
load ARGV.shift
"""
NETWORK = """
File.define_singleton_method(:exist?) { |_| !ARGV.empty? }
File.define_singleton_method(:readlines) { |*, **| ARGV }
refuse_forbidden_network(NODES["network"])
"""
MEMORY = """
State, Machine = Struct.new(:id), Struct.new(:env, :provider_name)
states = ARGV.drop(1).map { |state| State.new(state.to_sym) }
env = Object.new
env.define_singleton_method(:machine) { |_, _| Struct.new(:state).new(states.shift) }
File.define_singleton_method(:read) { |_| "MemFree: 1 kB\\nMemAvailable:   #{ARGV[0].to_i * 1024} kB\\n" }
refuse_too_little_memory(Machine.new(env, :libvirt))
"""


@pytest.fixture
def ruby(root):
    def run(script, *arguments):
        command = ["ruby", "-e", VAGRANT + script, str(root / "Vagrantfile"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    return run


@pytest.mark.parametrize("line", ["* 10.10.0.0/24", "* 10.0.0.0/8 192.168.0.0/16", "  * 0.0.0.0/0 ::/0"])
def test_a_network_that_virtualbox_allows_is_taken(ruby, line):
    assert ruby(NETWORK, line) == (0, "")


@pytest.mark.parametrize("lines", [[], ["* 192.168.56.0/21"], ["# * 10.10.0.0/24"]])
def test_a_network_that_it_does_not_allow_is_told_with_the_line_that_is_missing(ruby, lines):
    status, said = ruby(NETWORK, *lines)
    assert status == 1
    assert "VirtualBox allows no network 10.10.0.0/24 unless /etc/vbox/networks.conf has this line:" in said


@pytest.mark.parametrize(
    ("free", "states", "needed"),
    [
        ("4096", ("not_created", "poweroff"), None),
        ("4095", ("not_created", "not_created"), "4096"),
        ("2048", ("running", "not_created"), None),
        ("2047", ("running", "not_created"), "2048"),
        ("0", ("running", "running"), None),
    ],
)
def test_memory_is_counted_for_all_machines_that_do_not_run(ruby, free, states, needed):
    status, said = ruby(MEMORY, free, *states)
    assert status == (0 if needed is None else 1), said
    assert needed is None or f"The machines need {needed} MiB of memory, and {free} are free" in said
