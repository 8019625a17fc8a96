import pytest

from scantrail.daq import Edge, edge_named
from scantrail.errors import InputError


@pytest.mark.parametrize(
    ("name", "edge"),
    [
        ("Fe K", Edge("Fe", "K", 7112.0)),
        ("  cu   k ", Edge("Cu", "K", 8979.0)),
        ("EU-L3", Edge("Eu", "L3", 6977.0)),
        ("U_m4", Edge("U", "M4", 3728.0)),
        ("Cr K", Edge("Cr", "K", 5989.0)),
        ("Ba L1", Edge("Ba", "L1", 5989.0)),
    ],
)
def test_an_edge_by_its_name(name, edge):
    assert edge_named(name) == edge


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Fe", '"Fe" in the table; Fe has K, L1, L2, L3, M1, M2, M3, M4, M5'),
        ("Fe L", "Fe has K, L1"),
        ("H L3", "H has K"),
        ("Ge3 K", "did you mean Ge K"),
        ("7112", 'write the element and its edge, such as "Fe K"'),
        ("", 'no absorption edge ""'),
        ("K", "K has K, L1"),  # potassium
    ],
)
def test_no_edge_is_refused_with_the_nearest_names(name, said):
    with pytest.raises(InputError) as refused:
        edge_named(name)
    assert said in str(refused.value)


def test_edges_of_an_element_stand_in_order():
    for element in ("Mo", "Gd", "Pt", "U"):
        energies = [edge_named(f"{element} {edge}").energy for edge in ("K", "L1", "L2", "L3", "M1", "M2", "M3", "M4")]
        assert energies == sorted(energies, reverse=True)
