"""The component tracker."""
