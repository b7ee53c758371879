"""The memory of a machine and of a container, as the system tells it."""

from cnn import memory


def test_free_memory_is_a_part_of_all_memory():
    free, everything = memory.free_bytes(), memory.memory_bytes()

    assert free is not None
    assert everything is not None
    assert 0 < free <= everything


def test_a_container_has_what_its_limit_leaves_caches_included(monkeypatch, tmp_path):
    (tmp_path / "memory.max").write_text("1000000000\n")
    (tmp_path / "memory.current").write_text("700000000\n")
    (tmp_path / "memory.stat").write_text("anon 500000000\ninactive_file 200000000\n")
    monkeypatch.setattr(memory, "CGROUP", tmp_path)

    assert memory.memory_bytes() == 1_000_000_000
    assert memory.free_bytes() == 500_000_000


def test_a_container_without_a_limit_has_the_machine(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "CGROUP", tmp_path)
    whole = memory.memory_bytes()
    (tmp_path / "memory.max").write_text("max\n")

    assert memory.memory_bytes() == whole
