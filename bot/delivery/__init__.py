"""What is sent where and when, decided purely; ports say what the outside must do."""
