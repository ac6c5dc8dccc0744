use super::*;

#[test]
fn slugs_come_back_and_no_two_are_alike() {
    for family in Family::ALL {
        assert_eq!(Family::from_slug(family.slug()), Some(*family));
    }
    assert_eq!(Family::from_slug("results"), None);
}

#[test]
fn numbers_are_grouped_where_they_are_long() {
    assert_eq!(
        [760.0, 9_999.0, 61_706.0, 3.6e9, 19.5, -12.0].map(number),
        ["760", "9999", "61,706", "3,600,000,000", "19.5", "−12"]
    );
}
