"""What the person sees. Kivy lives here and in kiosk/app.py only."""
